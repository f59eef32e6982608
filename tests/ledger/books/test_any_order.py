"""Whatever a connection says in whatever order, rows are what it said last, and sheets and sums are what the rows say."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.actions import list_stale_months, rebuild_month
from ledger.books_feeds import FeedDocument, FeedPosting
from ledger.books_kinds import DocumentKind, DocumentStatus, Resource
from ledger.kinds import Book
from ledger.models import Document, Posting
from ledger.reports.books import Side, read_ageing, read_trial_balance
from tests.ledger.books.company import Books, account, differences, document, posting, rebuild

pytestmark = pytest.mark.django_db

DAYS = st.sampled_from([date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 2)])
IDS = st.sampled_from([f"p{number}" for number in range(4)])
TODAY = date(2026, 6, 30)
RATES = {"USD": None, "EUR": Decimal("1.0837"), "JPY": Decimal("0.006543")}
INVOICES = st.builds(
    document,
    provider_id=IDS,
    date=DAYS,
    due_date=st.none() | DAYS,
    status=st.sampled_from(DocumentStatus),
    currency=st.sampled_from(list(RATES)),
    total_minor=st.integers(0, 10_000),
    balance_minor=st.integers(0, 10_000),
    contact_provider_id=st.sampled_from([None, "acme", "bolt"]),
    contact_name=st.sampled_from([None, "Acme", "Straße"]),
).map(lambda feed: replace(feed, rate=RATES[feed.currency]))
CREDIT_NOTES = INVOICES.map(lambda feed: replace(feed, kind=DocumentKind.CREDIT_NOTE))
POSTINGS = st.builds(
    posting,
    provider_id=IDS,
    account_id=st.sampled_from(["a", "b"]),
    minor=st.integers(-10_000, 10_000),
    date=DAYS,
    currency=st.sampled_from(["USD", "EUR"]),
    base_minor=st.integers(-10_000, 10_000),
)
ROWS = {Resource.INVOICES: INVOICES, Resource.CREDIT_NOTES: CREDIT_NOTES, Resource.POSTINGS: POSTINGS}
PAGES = st.one_of(
    *(st.tuples(st.just("page"), st.just(name), st.lists(rows, max_size=4)) for name, rows in ROWS.items())
)
# A complete reading: what it tells, in pages of two, and then all it did not tell is gone.
READINGS = st.one_of(
    *(
        st.tuples(st.just("reading"), st.just(name), st.lists(rows, max_size=3), st.none() | st.tuples(DAYS, DAYS))
        for name, rows in ROWS.items()
    )
)
REBUILDS = st.tuples(st.just("rebuild"), st.sampled_from([Book.INVOICES, Book.BOOKS]))


@dataclass
class Story:
    """What a connection has told, and the number of the last reading of each list."""

    books: Books
    told: dict[tuple[Resource, str], Any] = field(default_factory=dict)
    sweeps: dict[Resource, int] = field(default_factory=lambda: dict.fromkeys(Resource, 1))

    def page(self, resource: Resource, rows: list[Any]) -> None:
        self.books.apply(resource, *rows, sweep=self.sweeps[resource])
        self.told |= {(resource, row.provider_id): row for row in rows}

    def reading(self, resource: Resource, rows: list[Any], days: tuple[date, date] | None) -> None:
        first, last = sorted(days) if days else (date.min, date.max)
        rows = [row for row in rows if first <= row.date <= last]
        self.sweeps[resource] += 1
        for start in range(0, len(rows), 2):
            self.page(resource, rows[start : start + 2])
        seen = {row.provider_id for row in rows}
        gone = [
            key
            for key, row in self.told.items()
            if key[0] == resource and key[1] not in seen and first <= row.date <= last
        ]
        window = {"first": first, "last": last} if days else {}
        assert self.books.retire(resource, self.sweeps[resource], **window).count == len(gone)
        for key in gone:
            del self.told[key]

    def rebuild(self, book: Book) -> None:
        for month in list_stale_months(book):
            rebuild_month(book=book, month=month)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(PAGES, READINGS, REBUILDS), max_size=8))
def test_rows_sheets_and_sums_are_what_was_told_last(books: Books, steps: list[Any]) -> None:
    with transaction.atomic():
        books.apply(Resource.ACCOUNTS, account("a"), account("b"))
        story = Story(books)
        for name, *arguments in steps:
            getattr(story, name)(*arguments)
            assert differences() == []
        rebuild()
        assert differences() == []
        invoices = [row for row in story.told.values() if isinstance(row, FeedDocument)]
        lines = [row for row in story.told.values() if isinstance(row, FeedPosting)]
        _check_rows(invoices, lines)
        _check_sums(invoices, lines)
        transaction.set_rollback(True)


def _check_rows(invoices: list[FeedDocument], lines: list[FeedPosting]) -> None:
    assert sorted(
        (row.kind, row.provider_id, row.date, row.status, row.feed.total, row.feed.balance)
        for row in Document.objects.filter(deleted_at=None)
    ) == sorted(
        (row.kind, row.provider_id, row.date, row.status, row.total_minor, row.balance_minor) for row in invoices
    )
    assert sorted(
        (row.provider_id, row.date, row.currency, row.feed.minor, row.feed.base_minor)
        for row in Posting.objects.filter(deleted_at=None)
    ) == sorted((row.provider_id, row.date, row.currency, row.minor, row.base_minor or 0) for row in lines)


def _check_sums(invoices: list[FeedDocument], lines: list[FeedPosting]) -> None:
    """Added up the plain way."""
    out = {DocumentStatus.DRAFT, DocumentStatus.VOID, DocumentStatus.WRITTEN_OFF}
    owed = sum(_base(row) for row in invoices if row.status not in out)
    ageing = read_ageing(Side.RECEIVABLE, today=TODAY)
    assert sum(base.aged.total for base in ageing.bases) == owed
    balance = read_trial_balance(last=date(2026, 5, 15))
    assert sum(one.net for one in balance.bases) == sum(
        row.base_minor or 0 for row in lines if row.date <= date(2026, 5, 15)
    )


def _base(row: FeedDocument) -> int:
    sign = -1 if row.kind == DocumentKind.CREDIT_NOTE else 1
    decimals = {"USD": Decimal(1), "EUR": Decimal(1), "JPY": Decimal(100)}[row.currency]
    exact = row.balance_minor * (row.rate or Decimal(1)) * decimals
    return sign * int(exact.quantize(Decimal(1), ROUND_HALF_UP))
