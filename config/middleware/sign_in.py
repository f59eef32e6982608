"""Sign-in is required unless a view says otherwise; a fragment or data request is told so instead of redirected."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url


class SignInRequired(LoginRequiredMiddleware):
    """Denies by default. Answers 401 where following a redirect would put the sign-in page inside another page [R42]."""

    def handle_no_permission(  # type: ignore[override] # its types promise a redirect, its caller takes any response
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if not wants_page(request):
            return HttpResponse(status=401, headers={"HX-Redirect": resolve_url(self.get_login_url(view_func))})
        return super().handle_no_permission(request, view_func)


def wants_page(request: HttpRequest) -> bool:
    """Whether the answer will stand by itself in a window: not a fragment, not data."""
    fragment = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
    return not fragment and not request.headers.get("Accept", "").startswith("application/json")
