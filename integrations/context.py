"""What every page of a workspace is told of its banks, so that the ledger's pages need not know of them."""

from typing import Any, cast

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.access import WorkspaceRequest, workspace_scope
from accounts.permissions import Permission
from integrations.reports.freshness import Freshness, read_freshness
from vault.tenancy import enter_workspace


def freshness(request: HttpRequest) -> dict[str, Any]:
    """`freshness` for components/freshness.html, asked for only where a template shows it."""
    if not hasattr(request, "workspace"):
        return {}
    inside = cast(WorkspaceRequest, request)
    return {"freshness": SimpleLazyObject(lambda: _read(inside))}


def _read(request: WorkspaceRequest) -> Freshness | None:
    may_look = request.membership.may(Permission.VIEW_CONNECTIONS)
    href = reverse("integrations:connections", kwargs={"slug": request.workspace.slug}) if may_look else ""
    # A page that is drawn between two transactions has none of its own.
    scope = enter_workspace if connection.in_atomic_block else workspace_scope
    with scope(request.workspace.pk):
        return read_freshness(href)
