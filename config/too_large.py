"""What a body that is too large is answered with: nothing was changed, and how to go on.

No form of ours can be filled in so far in a browser; tests/house/test_sizes.py sees to it. So this is for who sends by other
means, and for who was cut off at the web server's own bound.
"""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import defaults

from config.middleware.sign_in import wants_page

TOO_LARGE = 413
PIECE, MOST_PIECES = 64 * 1024, 64


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`: 413 for too much of anything, else 400."""
    if not isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return defaults.bad_request(request, exception)
    _read_away(request)
    if wants_page(request):
        return HttpResponse(render_to_string("413.html"), status=TOO_LARGE)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(render_to_string("components/refused.html", {"is_too_large": True}), status=TOO_LARGE)
    return JsonResponse({"error": "too_large"}, status=TOO_LARGE)


def _read_away(request: HttpRequest) -> None:
    """Whoever is answered while still sending may see a broken line in place of the answer. What is endless is left."""
    try:
        for _ in range(MOST_PIECES):
            if not request.read(PIECE):
                return
    except OSError:
        return
