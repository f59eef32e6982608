"""What every page of a workspace is told of its banks and books, so that the ledger's pages need not know of them."""

from functools import cache
from typing import Any, cast

from django.db import connection
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import WorkspaceRequest, workspace_scope
from accounts.permissions import Permission
from config.places import address_of
from integrations.reports.freshness import (
    BankFact,
    Freshness,
    are_books_coming,
    count_connected,
    describe_freshness,
    read_banks,
)
from integrations.reports.onboarding import is_finished
from vault.tenancy import enter_workspace


def banks(request: HttpRequest) -> dict[str, Any]:
    """`freshness` for the chip, `onboarding` and `has_books` for the navigation, `books_are_coming` for pages with figures of
    the books, `connections_used` for billing; all ask once, and only where a template shows them."""
    if not hasattr(request, "workspace"):
        return {}
    inside = cast(WorkspaceRequest, request)
    read = cache(lambda: _read(inside))
    return {
        "freshness": SimpleLazyObject(lambda: _freshness(inside, read())),
        "onboarding": SimpleLazyObject(lambda: _onboarding(inside, read())),
        "has_books": SimpleLazyObject(lambda: any(bank.is_books for bank in read())),
        "books_are_coming": SimpleLazyObject(lambda: are_books_coming(read())),
        "connections_used": SimpleLazyObject(lambda: count_connected(read())),
    }


def _freshness(request: WorkspaceRequest, found: tuple[BankFact, ...]) -> Freshness | None:
    may_look = request.membership.may(Permission.VIEW_CONNECTIONS)
    return describe_freshness(found, _address("connections", request) if may_look else "")


def _onboarding(request: WorkspaceRequest, found: tuple[BankFact, ...]) -> str:
    """The address of the onboarding, empty once it is finished."""
    return "" if is_finished(request.workspace, found) else _address("onboarding", request)


def _address(page: str, request: WorkspaceRequest) -> str:
    return address_of(f"integrations:{page}", request.workspace.slug)


def _read(request: WorkspaceRequest) -> tuple[BankFact, ...]:
    # A page that is drawn between two transactions has none of its own.
    scope = enter_workspace if connection.in_atomic_block else workspace_scope
    with scope(request.workspace.pk):
        return read_banks()
