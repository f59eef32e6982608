"""Companies for journeys that need rows and no provider."""

from datetime import timedelta

from django.utils import timezone

from accounts.access import workspace_scope
from tests.ledger.people import connect_bank
from tests.ledger.views.books.small import found_books, trade
from tests.support.people import Persona


def rent_company(owner: Persona) -> None:
    """Two years of rent, and a payment that has no category."""
    today = timezone.now().date()
    with workspace_scope(owner.workspace.pk):
        feed = connect_bank(owner.workspace)
        feed.save()
        days = [today - timedelta(days=30 * n) for n in range(24)]
        feed.apply(*(feed.row(day, -90_000, "Rent", hint="RENT_AND_UTILITIES_RENT") for day in days))
        feed.apply(feed.row(today, -1_250, "A payment", counterparty="Kiosk"))


def trading_company(owner: Persona) -> None:
    """The same, with books: invoices in two currencies, bills, credit notes, contacts and a general ledger."""
    rent_company(owner)
    books = found_books(owner)
    with workspace_scope(owner.workspace.pk):
        trade(books)
