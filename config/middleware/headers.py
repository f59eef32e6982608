"""Headers that Django and django-csp do not set, and a stricter policy for answers that are data."""

from collections.abc import Callable

from csp.constants import HEADER
from django.conf import settings
from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], HttpResponse]

# R71, R74
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=()"
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"


def add_headers(get_response: Next) -> Next:
    """Stands inside django-csp, which leaves a policy alone that is already there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # A nonce that no template touched would be missing from the policy, and the policy then be weaker.
        str(request.csp_nonce)  # type: ignore[attr-defined] # django-csp sets it on every request
        response = get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Reporting-Endpoints", f'policy="{settings.REPORTS}"')
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.get("Content-Type", "").startswith("application/json"):
            response.setdefault(HEADER, DATA_POLICY)
        if getattr(request, "user", None) is not None:
            # What a person's session has drawn is kept by no cache.
            response.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware
