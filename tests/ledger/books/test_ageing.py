from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.actions import list_stale_months
from ledger.books_feeds import FeedDocument
from ledger.books_kinds import ContactKind, DocumentKind, DocumentStatus, Resource
from ledger.kinds import Book
from ledger.reports.books import Aged, Side, read_ageing
from ledger.reports.books.overview import read_books_overview
from tests.ledger.books.company import Books, connect_books, contact, document
from tests.ledger.counting import counted_statements

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)


def due(provider_id: str, days_ago: int, minor: int, **changes: Any) -> FeedDocument:
    """A document that fell due so many days ago, and was written a month before that."""
    day = TODAY - timedelta(days=days_ago)
    return document(provider_id, date=day - timedelta(days=30), due_date=day, total_minor=minor, **changes)


# R78: each edge, on both of its sides.
@pytest.mark.parametrize(
    ("days_ago", "bucket"),
    [(-400, 0), (-1, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (4000, 4)],
)
def test_a_document_is_in_the_bucket_of_its_age(books: Books, days_ago: int, bucket: int) -> None:
    books.documents(due("i1", days_ago, 7))
    (base,) = read_ageing(Side.RECEIVABLE, today=TODAY).bases
    assert base.aged.buckets == tuple(7 if at == bucket else 0 for at in range(5))
    assert (base.aged.total, base.aged.overdue, base.aged.count) == (7, 7 if bucket else 0, 1)


def test_receivables_of_three_currencies_equal_those_computed_by_hand(books: Books) -> None:
    books.apply(Resource.CONTACTS, contact("acme"), contact("bolt", currency="EUR"))
    acme, bolt = {"contact_provider_id": "acme"}, {"contact_provider_id": "bolt"}
    euro, yen = {"currency": "EUR", "rate": Decimal("1.1")}, {"currency": "JPY", "rate": Decimal("0.0065")}
    books.documents(
        due("a1", -5, 1_000_00, **acme),
        due("a2", 10, 500_00, balance_minor=200_00, status=DocumentStatus.PARTLY_PAID, **acme),
        due("a3", 95, 80_00, status=DocumentStatus.OVERDUE, **acme),
        # 1,000.01 euro × 1.1 = 1,100.011 dollars; 33,333 yen × 0.0065 = 216.6645 dollars.
        due("b1", 45, 1_000_01, **bolt, **euro),
        due("b2", 61, 33_333, **bolt, **yen),
        due("n1", 0, 3_00),
        due("c1", 20, 60_00, kind=DocumentKind.CREDIT_NOTE, balance_minor=50_00, **acme),
        # None of these is owed.
        due("x1", 20, 9_999_00, status=DocumentStatus.DRAFT, **acme),
        due("x2", 20, 9_999_00, status=DocumentStatus.VOID, **acme),
        due("x3", 20, 9_999_00, status=DocumentStatus.WRITTEN_OFF, written_off_minor=9_999_00, balance_minor=0, **acme),
        due("x4", 20, 9_999_00, status=DocumentStatus.WRITTEN_OFF, **acme),
        due("x5", 20, 9_999_00, status=DocumentStatus.PAID, balance_minor=0, **acme),
        due("x6", 20, 9_999_00, kind=DocumentKind.BILL),
        due("x7", 20, 9_999_00, kind=DocumentKind.CREDIT_NOTE, status=DocumentStatus.VOID, **acme),
    )

    ageing = read_ageing(Side.RECEIVABLE, today=TODAY)

    assert [(one.currency, one.aged) for one in ageing.currencies] == [
        ("USD", Aged((1_003_00, 200_00, 0, 0, 80_00), -50_00, 4)),
        ("EUR", Aged((0, 0, 1_000_01, 0, 0), 0, 1)),
        ("JPY", Aged((0, 0, 0, 33_333, 0), 0, 1)),
    ]
    (base,) = ageing.bases
    assert base.aged == Aged((1_003_00, 200_00, 1_100_01, 216_66, 80_00), -50_00, 6)
    assert (base.aged.total, base.aged.overdue, base.without_rate) == (2_549_67, 1_596_67, 0)
    # By contact, who owes the most first; each contact's currencies by code.
    assert [(one.name, one.base.total) for one in base.contacts] == [
        ("Bolt Ltd", 1_316_67),
        ("Acme Ltd", 1_230_00),
        ("No contact", 3_00),
    ]
    assert [one.currency for one in base.contacts[0].currencies] == ["EUR", "JPY"]
    assert base.contacts[1].contact_id == books.contact("acme").id
    assert base.contacts[2].contact_id is None


def test_no_more_contacts_are_named_than_are_asked_for(books: Books) -> None:
    each = {"contact_name": "Somebody"}
    books.documents(*(due(f"i{at}", 5, at, contact_provider_id=f"c{at}", **each) for at in range(1, 6)))
    for most, totals in ((None, [5, 4, 3, 2, 1]), (2, [5, 4]), (0, [])):
        (base,) = read_ageing(Side.RECEIVABLE, today=TODAY, most=most).bases
        assert [one.base.total for one in base.contacts] == totals
        assert (base.contact_count, base.aged.total) == (5, 15)


def test_payables_are_bills_and_no_expenses(books: Books) -> None:
    books.apply(Resource.CONTACTS, contact("vend", kind=ContactKind.VENDOR))
    bill = {"kind": DocumentKind.BILL, "contact_provider_id": "vend"}
    books.documents(due("b1", 5, 40_00, **bill), due("e1", 5, 7_00, kind=DocumentKind.EXPENSE), due("i1", 5, 9_00))
    (base,) = read_ageing(Side.PAYABLE, today=TODAY).bases
    assert base.aged == Aged((0, 40_00, 0, 0, 0), 0, 1)
    assert [one.name for one in base.contacts] == ["Vend Ltd"]


def test_what_was_written_off_of_a_document_is_out(books: Books) -> None:
    books.documents(due("i1", 5, 100_00, balance_minor=30_00, written_off_minor=70_00))
    (base,) = read_ageing(Side.RECEIVABLE, today=TODAY).bases
    assert base.aged.total == 30_00


# DSO: owed ÷ invoiced in 90 days × 90.
def test_days_outstanding_are_of_the_last_ninety_days(books: Books) -> None:
    first = TODAY - timedelta(days=89)
    books.documents(
        document("in", date=first, total_minor=900_00, balance_minor=300_00),
        document("before", date=first - timedelta(days=1), total_minor=5_000_00, balance_minor=0),
        document("paid", date=TODAY, total_minor=400_00, balance_minor=0, status=DocumentStatus.PAID),
        document("written", date=TODAY, total_minor=100_00, balance_minor=0, status=DocumentStatus.WRITTEN_OFF),
        document("later", date=TODAY + timedelta(days=1), total_minor=100_00, balance_minor=0),
        document("draft", date=TODAY, total_minor=100_00, status=DocumentStatus.DRAFT),
        document("void", date=TODAY, total_minor=100_00, status=DocumentStatus.VOID),
        document("credit", date=TODAY, total_minor=50_00, balance_minor=0, kind=DocumentKind.CREDIT_NOTE),
    )
    (base,) = read_ageing(Side.RECEIVABLE, today=TODAY).bases
    assert base.invoiced == 900_00 + 400_00 + 100_00 - 50_00
    # 300 ÷ 1,350 × 90 days = 20 days.
    assert base.days_outstanding == 200


def test_there_are_no_days_outstanding_without_sales(books: Books) -> None:
    books.documents(due("i1", 200, 5))
    (base,) = read_ageing(Side.RECEIVABLE, today=TODAY).bases
    assert base.days_outstanding is None


def test_a_document_without_a_rate_is_counted_and_in_its_own_currency_alone(books: Books) -> None:
    books.documents(due("i1", 5, 100_00, currency="EUR"), due("i2", 5, 1_00))
    ageing = read_ageing(Side.RECEIVABLE, today=TODAY)
    assert [(one.currency, one.aged.total) for one in ageing.currencies] == [("USD", 1_00), ("EUR", 100_00)]
    assert (ageing.bases[0].aged.total, ageing.bases[0].without_rate) == (1_00, 1)


def test_organisations_of_two_base_currencies_are_not_added_up(books: Books) -> None:
    europe = connect_books(books.workspace, "EUR")
    books.documents(due("i1", 5, 100_00))
    europe.documents(due("i1", 5, 30_00, currency="EUR"), due("i2", 5, 11_00, currency="USD", rate=Decimal("0.9")))
    bases = read_ageing(Side.RECEIVABLE, today=TODAY).bases
    assert [(one.currency, one.aged.total) for one in bases] == [("USD", 100_00), ("EUR", 39_90)]


def test_an_invoice_voided_or_gone_leaves_receivables(books: Books) -> None:
    books.documents(due("i1", 5, 1_00), due("i2", 5, 10_00), due("i3", 5, 100_00))
    books.documents(due("i1", 5, 1_00, status=DocumentStatus.VOID), due("i2", 5, 10_00), sweep=2)
    books.retire(Resource.INVOICES, 2)
    assert list_stale_months(Book.INVOICES)
    books.documents()
    (base,) = read_ageing(Side.RECEIVABLE, today=TODAY).bases
    assert base.aged.total == 10_00


def test_figures_say_when_they_are_behind_the_rows(books: Books) -> None:
    books.documents(due("i1", 5, 1_00))
    assert read_ageing(Side.RECEIVABLE, today=TODAY).freshness.is_current
    books.apply(Resource.INVOICES, due("i1", 5, 2_00))
    ageing = read_ageing(Side.RECEIVABLE, today=TODAY)
    assert (ageing.freshness.is_current, ageing.bases[0].aged.total) == (False, 1_00)


def test_an_empty_company_is_owed_nothing(books: Books) -> None:
    ageing = read_ageing(Side.RECEIVABLE, today=TODAY)
    assert (ageing.currencies, ageing.bases) == ((), ())


def test_the_number_of_queries_does_not_grow_with_the_documents(books: Books) -> None:
    counts = []
    for month in (1, 2, 3):
        books.documents(
            *(
                due(f"i{month}-{at}", 30 * month, 1_00, contact_name="A", contact_provider_id=f"c{at}")
                for at in range(month * 9)
            )
        )
        with counted_statements() as statements:
            read_ageing(Side.RECEIVABLE, today=TODAY)
        counts.append(len(statements))
    assert counts == [3, 3, 3]


def test_the_overviews_figures_take_three_statements(books: Books) -> None:
    books.documents(document("i", contact_name="Acme"), document("b", kind=DocumentKind.BILL, contact_name="Cobalt"))
    with counted_statements() as statements:
        (due,) = read_books_overview(today=TODAY).due_soon
    assert due.count == 1
    assert len(statements) == 3
