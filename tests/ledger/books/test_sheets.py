from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from accounts.access import workspace_scope
from ledger.actions import list_stale_months
from ledger.books_kinds import DocumentKind, DocumentStatus, Resource
from ledger.kinds import Book
from ledger.models import BooksOrganization, Contact, Document, SheetPart
from ledger.money import MAX_MINOR
from ledger.sheets.documents import Documents, build_documents, decode_documents, encode_documents
from ledger.sheets.layout import SheetBroken
from ledger.sheets.parts import Flag
from ledger.sheets.reading import ROWS, Part, read_sheets
from ledger.sheets.verify import months_to_verify, verify_month
from ledger.tasks import rebuild_months
from tests.ledger.books.company import (
    MARCH_5,
    Books,
    account,
    connect_books,
    contact,
    differences,
    document,
    posting,
)
from tests.support.people import Persona
from vault.blobs import execute_binary

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)


def sheet(book: Book = Book.INVOICES) -> Documents:
    (month,) = read_sheets(book, [Part.DOCUMENTS])
    return month.documents


def test_a_sheet_holds_each_documents_columns(books: Books) -> None:
    books.apply(Resource.CONTACTS, contact("acme"))
    books.documents(
        document("i1", contact_provider_id="acme", due_date=date(2026, 4, 4), currency="EUR", rate=Decimal("1.1"),
                 total_minor=100_05, balance_minor=50_05, status=DocumentStatus.PARTLY_PAID),
    )  # fmt: skip
    found = sheet()
    (row,) = zip(*(column.tolist() for column in (
        found.day, found.due_day, found.contact, found.currency, found.base_currency, found.status,
        found.total, found.balance, found.base_total, found.base_balance, found.flags,
    )), strict=True)  # fmt: skip
    days = [(day - date(1970, 1, 1)).days for day in (MARCH_5, date(2026, 4, 4))]
    # 100.05 × 1.1 = 110.055, and halves go away from zero.
    assert row == (*days, books.contact("acme").code, 978, 840, 4, 100_05, 50_05, 110_06, 55_06, 0)
    assert found.id[0].tobytes() == books.document("i1").id.bytes


def test_flags_tell_what_kind_of_row_it_is(books: Books) -> None:
    books.documents(document("c1", kind=DocumentKind.CREDIT_NOTE), document("i1", currency="EUR"))
    assert sorted(sheet().flags.tolist()) == [2, 8]
    books.documents(document("e1", kind=DocumentKind.EXPENSE))
    assert sheet(Book.BILLS).flags.tolist() == [4]
    books.retire(Resource.INVOICES, 2)
    books.documents()
    assert sorted(sheet().flags.tolist()) == [2, 9]


def test_a_value_in_base_that_is_too_large_is_as_if_there_were_no_rate(books: Books) -> None:
    books.documents(document("i1", currency="KWD", rate=Decimal(2), total_minor=MAX_MINOR, balance_minor=5))
    assert (sheet().flags.tolist(), sheet().base_total.tolist(), sheet().base_balance.tolist()) == (
        [0],
        [2 * 10**15],
        [1],
    )
    books.documents(document("i1", currency="KWD", rate=Decimal(20), total_minor=MAX_MINOR, balance_minor=5))
    assert (sheet().flags.tolist(), sheet().base_total.tolist(), sheet().base_balance.tolist()) == ([8], [0], [0])


def test_a_posting_in_the_base_currency_is_its_own_base_amount(books: Books) -> None:
    books.apply(Resource.ACCOUNTS, account("a"))
    books.postings(posting("l1", "a", 5, base_minor=None), posting("l2", "a", 7, base_minor=None, currency="EUR"))
    (month,) = read_sheets(Book.BOOKS, ROWS)
    by_minor = dict(zip(month.numbers.minor.tolist(), month.numbers.base_minor.tolist(), strict=True))
    assert by_minor == {5: 5, 7: 0}
    assert sorted(month.numbers.flags.tolist()) == [0, Flag.NO_RATE]


def test_a_sheet_that_differs_from_its_rows_is_found(books: Books) -> None:
    books.apply(Resource.ACCOUNTS, account("a"))
    books.documents(document("i1"))
    books.postings(posting("l1", "a", 5))
    assert differences() == []
    execute_binary("UPDATE ledger_document SET status = 'void'")
    execute_binary("UPDATE ledger_posting SET currency = 'EUR'")
    assert [one.split(":")[0] for one in differences()] == [
        "numbers of 2026-03",
        "summary of 2026-03",
        "documents of 2026-03",
    ]


def test_rows_without_a_sheet_are_verified_too(books: Books) -> None:
    books.documents(document("i1"))
    execute_binary("UPDATE ledger_document SET date = '2026-08-09'")
    months = months_to_verify(Book.INVOICES)
    assert months == [MARCH, date(2026, 8, 1)]
    assert [bool(verify_month(Book.INVOICES, month).differences) for month in months] == [True, True]


def test_a_part_that_is_missing_or_altered_is_said(books: Books) -> None:
    books.documents(document("i1"))
    part = SheetPart.objects.get(part=Part.DOCUMENTS)
    SheetPart.objects.filter(pk=part.pk).update(sealed=bytes(part.sealed)[:-1] + b"\0")
    assert "ledger.sheet.documents" in verify_month(Book.INVOICES, MARCH).differences[0]
    execute_binary("UPDATE ledger_sheetpart SET part = 'numbers' WHERE part = 'documents'")
    assert verify_month(Book.INVOICES, MARCH).differences == ("documents of 2026-03: missing",)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("day", -1, "a day of another month"),
        ("flags", 16, "an unknown flag"),
        ("status", 0, "an unknown status"),
        ("status", 8, "an unknown status"),
    ],
)
def test_documents_that_cannot_be_are_refused(books: Books, column: str, value: int, reason: str) -> None:
    books.documents(document("i1"))
    good = sheet()
    assert len(decode_documents(MARCH, encode_documents(MARCH, good))) == 1
    wrong = replace(good, **{column: np.full(1, value, getattr(good, column).dtype)})
    with pytest.raises(SheetBroken, match=reason):
        decode_documents(MARCH, encode_documents(MARCH, wrong))


def test_documents_out_of_order_are_refused(books: Books) -> None:
    books.documents(document("i1"), document("i2", date=date(2026, 3, 6)))
    good = sheet()
    turned = Documents(*(getattr(good, name)[::-1].copy() for name in Documents.__slots__))
    with pytest.raises(SheetBroken, match="out of order"):
        decode_documents(MARCH, encode_documents(MARCH, turned))
    assert len(decode_documents(MARCH, encode_documents(MARCH, build_documents([])))) == 0


@pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])
def test_the_worker_rebuilds_the_books_and_the_command_verifies_them(alice: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        books = connect_books(alice.workspace)
        books.apply(Resource.ACCOUNTS, account("a"))
        books.apply(Resource.POSTINGS, posting("l1", "a", 5))
        books.apply(Resource.INVOICES, document("i1"))
        books.apply(Resource.BILLS, document("b1", kind=DocumentKind.BILL))
    rebuild_months(str(alice.workspace.pk))
    with workspace_scope(alice.workspace.pk):
        assert [list_stale_months(book) for book in Book] == [[]] * 4
        assert differences() == []
        assert len(sheet(Book.BILLS)) == 1
        execute_binary("UPDATE ledger_document SET status = 'paid' WHERE kind = 'bill'")
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_sheets", stdout=StringIO(), stderr=said)
    assert "bills documents of 2026-03" in said.getvalue()
    with workspace_scope(alice.workspace.pk):
        execute_binary("UPDATE ledger_document SET status = 'open' WHERE kind = 'bill'")
        assert differences() == []


# R46
@pytest.mark.django_db(transaction=True)
def test_another_workspace_sees_nothing_of_the_books(alice: Persona, mallory: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        books = connect_books(alice.workspace)
        books.documents(document("i1", contact_provider_id="c", contact_name="Acme"))
        assert Document.objects.count() == Contact.objects.count() == 1
    with workspace_scope(mallory.workspace.pk):
        assert not any(model.objects.exists() for model in (BooksOrganization, Contact, Document))
        assert read_sheets(Book.INVOICES, [Part.DOCUMENTS]) == []
