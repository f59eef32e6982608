"""A wrong method and too many tries get a page of the product, which says what to do next, whoever refused."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from config.middleware.sign_in import wants_page

Next = Callable[[HttpRequest], HttpResponse]

WRONG_METHOD, TOO_MANY = 405, 429
# What allauth counts its tries by; it tells nobody itself.
SECONDS_TO_WAIT = 60


def draw_refusals(get_response: Next) -> Next:
    """Stands inside Django's CommonMiddleware, which measures the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == TOO_MANY:
            response.setdefault("Retry-After", str(SECONDS_TO_WAIT))  # R67
        if response.status_code in {WRONG_METHOD, TOO_MANY} and wants_page(request):
            _draw(response)
        return response

    return middleware


def _draw(response: HttpResponse) -> None:
    context = {}
    if response.status_code == TOO_MANY:
        context["retry_after"] = _name_wait(int(response["Retry-After"]))
    response.content = render_to_string(f"{response.status_code}.html", context).encode()


def _name_wait(seconds: int) -> str:
    minutes = -(-seconds // 60)
    if minutes <= 1:
        return "in a minute"
    return f"in {minutes} minutes" if minutes < 120 else f"in {-(-minutes // 60)} hours"
