"""Receivables and payables by age: what is still to be paid, by how long it has been due, by contact and currency.

Drafts, void and written-off documents are out, and so is what was written off of others. Credit notes that are not used
up lower the total and have no age. `days outstanding` is what is owed in base currency over what was invoiced (or billed)
in the last 90 days less that time's credit notes, in days: DSO for receivables, DPO for payables.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.books_kinds import DocumentStatus
from ledger.currencies import currency_of_numeric
from ledger.kinds import Book
from ledger.reports.books.aged import BUCKETS, Aged, ContactAged, CurrencyAged
from ledger.reports.books.names import read_contacts
from ledger.reports.books.owed import add_up_owed, is_owed
from ledger.reports.books.reading import ReadDocuments, read_documents
from ledger.reports.books.standings import falls_due, has_status, is_gone
from ledger.reports.freshness import Freshness, freshness_of
from ledger.sheets.codebook import base_currency
from ledger.sheets.documents import DocumentFlag, Documents
from ledger.sheets.parts import day_number, numerics_in

__all__ = [
    "BUCKETS",
    "WINDOW",
    "Aged",
    "Ageing",
    "BaseAged",
    "ContactAged",
    "CurrencyAged",
    "Side",
    "ageing_from",
    "read_ageing",
]

WINDOW = 90
BEFORE_SALES = (DocumentStatus.DRAFT, DocumentStatus.VOID)


class Side(StrEnum):
    """Who owes."""

    RECEIVABLE = "receivable"
    PAYABLE = "payable"

    @property
    def book(self) -> Book:
        return Book.INVOICES if self == Side.RECEIVABLE else Book.BILLS


@dataclass(frozen=True, slots=True)
class BaseAged:
    """All that is owed in the books that are kept in one base currency. `contacts` owe the most first: as many as were
    asked for of the `contact_count` there are.

    `invoiced` is what was invoiced or billed in the last 90 days, credit notes taken off. `without_rate` counts open
    documents that have no value in the base currency: they are in the sums of their own currency alone.
    """

    currency: str
    aged: Aged
    contacts: tuple[ContactAged, ...]
    contact_count: int
    invoiced: int
    without_rate: int

    @property
    def days_outstanding(self) -> int | None:
        """Tenths of a day, rounded half up; None when nothing was invoiced or less than nothing is owed on balance."""
        if self.invoiced <= 0 or self.aged.total < 0:
            return None
        return (self.aged.total * WINDOW * 20 + self.invoiced) // (2 * self.invoiced)


@dataclass(frozen=True, slots=True)
class Ageing:
    """`currencies` are all that is owed by the currency it is owed in; `bases` the same by the currency that the books
    are kept in, one for most companies. The workspace's own currency comes first in both."""

    side: Side
    today: date
    currencies: tuple[CurrencyAged, ...]
    bases: tuple[BaseAged, ...]
    freshness: Freshness


def read_ageing(side: Side, *, today: date, most: int | None = None) -> Ageing:
    """Everything owed on one side at the end of `today`, with the `most` contacts who owe the most, or all; in three
    queries."""
    return ageing_from(read_documents(side.book), side, today=today, first_currency=base_currency(), most=most)


def ageing_from(
    read: ReadDocuments, side: Side, *, today: date, first_currency: str, most: int | None = None
) -> Ageing:
    """The ageing of documents that were read already, in one query: for the names of contacts."""
    documents = read.documents
    owed = add_up_owed(documents, today)
    bases = {base: owed.by_size(base) for base in numerics_in(documents.base_currency)}
    shown = {base: contacts[:most] for base, contacts in bases.items()}
    names = read_contacts({contact for contacts in shown.values() for contact in contacts if contact})
    without_rate = is_owed(documents) & (documents.flags & DocumentFlag.NO_RATE != 0)

    def in_order(numerics: Iterable[int]) -> list[tuple[str, int]]:
        codes = [(currency_of_numeric(one).code, one) for one in numerics]
        return sorted(codes, key=lambda pair: (pair[0] != first_currency, pair[0]))

    return Ageing(
        side=side,
        today=today,
        currencies=tuple(
            CurrencyAged(code, owed.aged(owed.currency == numeric))
            for code, numeric in in_order(numerics_in(owed.currency))
        ),
        bases=tuple(
            BaseAged(
                currency=code,
                aged=owed.aged_in_base(owed.base_currency == base),
                contacts=tuple(owed.of_contacts(shown[base], base, names)),
                contact_count=len(bases[base]),
                invoiced=_invoiced(documents, base, today),
                without_rate=int((without_rate & (documents.base_currency == base)).sum()),
            )
            for code, base in in_order(bases)
        ),
        freshness=freshness_of(read.heads),
    )


def _invoiced(documents: Documents, base: int, today: date) -> int:
    """In base minor units, of the 90 days that end with today."""
    last = day_number(today)
    here = (documents.day > last - WINDOW) & (documents.day <= last) & (documents.base_currency == base)
    here &= ~is_gone(documents) & ~has_status(documents, BEFORE_SALES)
    is_credit = documents.flags & DocumentFlag.CREDIT_NOTE != 0
    total = documents.base_total
    return int(total[here & falls_due(documents)].sum() - total[here & is_credit].sum())
