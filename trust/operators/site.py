"""The operators' site: Django's admin without its own sign-in, its log, and every address that would write.

All of it stands behind one declaration, `operator`, also what Django would serve to anybody, and what is asked for twice is
done once. Its policy is the product's: the scripts that Django's templates name, and no others, are given the page's nonce.
"""

import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, path, reverse

from accounts.access import operator
from accounts.once import once

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
    return operator(once(_with_nonces(view)))


def _with_nonces(view: View) -> View:
    @wraps(view)
    def drawn(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.add_post_render_callback(partial(_give_nonce, request))
        return response

    return drawn


def _give_nonce(request: HttpRequest, response: HttpResponse) -> None:
    """Django's templates have no place for one. Only its own scripts are given it, whatever else a page may hold."""
    own = "|".join(re.escape(address) for address in (static("admin/js/"), reverse("admin:jsi18n")))
    nonce = request.csp_nonce  # type: ignore[attr-defined] # django-csp sets it on every request
    marked = re.sub(rf'<script(?= src="(?:{own}))', f'<script nonce="{nonce}"', response.content.decode())
    response.content = marked.encode()


site = OperatorSite(name="operators")
