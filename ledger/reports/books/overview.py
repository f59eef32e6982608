"""What the overview tells of the books: what is to be paid to the company and by it, by age, and what is due soon."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.currencies import find_currency
from ledger.reports.books.ageing import Ageing, Side, ageing_from
from ledger.reports.books.owed import is_owed
from ledger.reports.books.reading import ReadDocuments, read_documents
from ledger.reports.books.standings import falls_due
from ledger.reports.freshness import Freshness
from ledger.sheets.codebook import base_currency
from ledger.sheets.parts import day_number

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DueSoon:
    """Bills that fall due within 30 days, or did already: how many, and minor units of the base currency."""

    currency: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class BooksOverview:
    """`due_soon` has one for each base currency of `payable`, in the same order."""

    receivable: Ageing
    payable: Ageing
    due_soon: tuple[DueSoon, ...]

    @property
    def freshness(self) -> Freshness:
        return merge_freshness((self.receivable.freshness, self.payable.freshness))


def read_books_overview(*, today: date) -> BooksOverview:
    """Both ageings and what is due soon, in three queries whatever the number of documents."""
    own = base_currency()
    invoices, bills = read_documents(Side.RECEIVABLE.book), read_documents(Side.PAYABLE.book)
    payable = ageing_from(bills, Side.PAYABLE, today=today, first_currency=own, most=0)
    return BooksOverview(
        receivable=ageing_from(invoices, Side.RECEIVABLE, today=today, first_currency=own, most=0),
        payable=payable,
        due_soon=tuple(_due_soon(bills, one.currency, today) for one in payable.bases),
    )


def merge_freshness(several: Iterable[Freshness]) -> Freshness:
    """How fresh a page is that shows figures of several books."""
    known = list(several)
    return Freshness(
        stale_months=tuple(sorted({month for one in known for month in one.stale_months})),
        figures_of=min((one.figures_of for one in known if one.figures_of), default=None),
        last_written=max((one.last_written for one in known if one.last_written), default=None),
    )


def _due_soon(read: ReadDocuments, currency: str, today: date) -> DueSoon:
    documents = read.documents
    here = is_owed(documents) & falls_due(documents) & (documents.due_day <= day_number(today + SOON))
    here &= documents.base_currency == find_currency(currency).numeric
    return DueSoon(currency, int(here.sum()), int(documents.base_balance[here].sum()))
