"""What every page of the ledger starts from: its links and its clock."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from accounts.access import WorkspaceRequest
from accounts.permissions import Permission
from config.places import address_of
from ledger.views.shown.links import Links


def links_of(request: WorkspaceRequest) -> Links:
    """The ledger's pages that this person may open."""
    may = request.membership.may
    return Links.of(
        request.workspace.slug,
        transactions=may(Permission.VIEW_TRANSACTIONS),
        cash=may(Permission.VIEW_CASH),
        profit_and_loss=may(Permission.VIEW_PROFIT_AND_LOSS),
        connections=may(Permission.VIEW_CONNECTIONS),
    )


def now() -> datetime:
    """The time in the person's own time zone; its day is their today, and that of every report they see."""
    return timezone.localtime()


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks, for a piece of the page."""
    return request.headers.get("HX-Request") == "true"


def place_of_list(request: WorkspaceRequest) -> str:
    """The address of the transactions page, below which each transaction has its own."""
    return address_of("ledger:transactions", request.workspace.slug)
