"""Whose books a connection brings."""

from uuid import UUID

from django.db import transaction

from audit.log import Actor, Target, record
from ledger.currencies import find_currency
from ledger.models import BooksOrganization


class UnknownOrganization(RuntimeError):
    """Rows of books whose organisation was not saved first."""

    def __init__(self) -> None:
        super().__init__("The organisation that these books belong to is not known yet.")


class BaseCurrencyChanged(ValueError):
    """The organisation keeps its books in another currency than before."""

    def __init__(self) -> None:
        super().__init__(
            "The organisation now keeps its books in another base currency. Disconnect it, and connect it anew."
        )


@transaction.atomic
def save_organization(*, actor: Actor, connection_id: UUID, base_currency: str) -> None:
    """Remember which currency the base amounts of a connection's books are in. Raises UnknownCurrency, BaseCurrencyChanged.

    Every row that was applied is in it already, so it stays; saying the same again does nothing.
    """
    find_currency(base_currency)
    known = BooksOrganization.objects.filter(connection_id=connection_id).first()
    if known is None:
        BooksOrganization.objects.create(connection_id=connection_id, base_currency=base_currency)
        record(
            actor=actor,
            action="ledger.books_organization.saved",
            target=Target("connection", connection_id),
            detail={"base_currency": base_currency},
        )
    elif known.base_currency != base_currency:
        raise BaseCurrencyChanged


def check_organization(connection_id: UUID) -> None:
    """Raises UnknownOrganization."""
    if not BooksOrganization.objects.filter(connection_id=connection_id).exists():
        raise UnknownOrganization
