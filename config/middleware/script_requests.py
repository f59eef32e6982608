"""What a script changes carries X-Requested-With beside the form token: no page elsewhere can send that by itself [R56]."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], HttpResponse]

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
DATA = "application/json"
NEEDED = "XMLHttpRequest"


class ScriptRequests:
    """Stands after the checks of form token and session. Webhooks and clocks are no browser's and prove themselves."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """A 403 for a change by script that does not say that it is one."""
        declared = getattr(view, "access", None)
        if (
            request.method in SAFE
            or (declared is not None and declared.kind in {"webhook", "cron"})
            or not _is_script(request)
        ):
            return None
        if request.headers.get("X-Requested-With") == NEEDED:
            return None
        return HttpResponse("A script must send X-Requested-With.", status=403, content_type="text/plain")


def _is_script(request: HttpRequest) -> bool:
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        or request.content_type == DATA
        or headers.get("Accept", "").startswith(DATA)
        or headers.get("Sec-Fetch-Mode") == "cors"
    )
