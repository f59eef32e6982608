"""The operators' site: Django's admin without its own sign-in, its log, and every address that would write.

All of it stands behind one declaration, `operator`, also what Django would serve to anybody. Its scripts come from this
host by their address, so its policy differs from the product's in that one line.
"""

from collections.abc import Callable
from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from accounts.access import operator

View = Callable[..., HttpResponse]


class OperatorSite(AdminSite):
    site_header = "Counterfoil operators"
    site_title = "Operators"
    index_title = "Operators"
    site_url = None

    def get_urls(self) -> list[URLPattern | URLResolver]:
        routes: list[tuple[str, Any, str]] = [
            ("", self.index, "index"),
            ("in/<str:app_label>/", self.app_index, "app_list"),
            ("words/", self.i18n_javascript, "jsi18n"),
        ]
        for model, lists in self._registry.items():
            name = f"{model._meta.app_label}_{model._meta.model_name}_changelist"
            routes.append((f"{model._meta.model_name}/", lists.changelist_view, name))
        return [path(route, _declare(self.admin_view(view)), name=name) for route, view, name in routes]

    def has_permission(self, request: HttpRequest) -> bool:
        """True: nobody gets as far as this who is not an operator."""
        return True


def _declare(view: Any) -> View:
    return operator(cast(View, csp_replace({"script-src": [SELF]})(view)))


site = OperatorSite(name="operators")
