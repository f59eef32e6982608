"""Zoho Books' rows in the ledger's terms: exact minor units, states, sides, and what cannot be held."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from integrations.providers.zoho_messages import Row
from integrations.providers.zoho_rows import (
    Document,
    read_bank_line,
    read_bill,
    read_contact,
    read_credit_note,
    read_customer_payment,
    read_expense,
    read_invoice,
    read_line,
)
from integrations.zoho_books import (
    Books,
    bank_line_feed,
    bill_feed,
    contact_feed,
    convert,
    credit_note_feed,
    customer_payment_feed,
    expense_feed,
    invoice_feed,
    posting_feed,
)
from ledger.books_feeds import FeedDocument, FeedPayment, FeedPosting
from ledger.books_kinds import ContactKind, DocumentStatus, PostingSource

BOOKS = Books("USD", {"7": "GBP"})
DOCUMENT: dict[str, Any] = {
    "invoice_id": "1",
    "bill_id": "1",
    "creditnote_id": "1",
    "expense_id": "1",
    "customer_id": "7",
    "customer_name": "Bowman & Co",
    "date": "2026-10-17",
    "due_date": "2026-11-16",
    "status": "sent",
    "currency_code": "EUR",
    "total": "120.50",
    "balance": "20.5",
    "exchange_rate": "1.0835",
}
LINE: dict[str, Any] = {
    "categorized_transaction_id": "31",
    "account_id": "4",
    "transaction_id": "1",
    "transaction_type": "invoice",
    "transaction_date": "2026-10-17",
    "currency_code": "EUR",
    "debit_amount": 130.57,
    "credit_amount": "",
    "fcy_debit_amount": "120.50",
    "fcy_credit_amount": "",
}


def row(fields: dict[str, Any]) -> Row:
    as_decoded = {name: Decimal(str(one)) if isinstance(one, float) else one for name, one in fields.items()}
    return Row(as_decoded)


def invoice(**changes: Any) -> FeedDocument:
    return invoice_feed(read_invoice(row(DOCUMENT | changes)), BOOKS)


def posting(**changes: Any) -> FeedPosting:
    return posting_feed(read_line(row(LINE | changes)), BOOKS)


def payment(**changes: Any) -> FeedPayment:
    fields = {"payment_id": "5", "customer_id": "7", "date": "2026-11-02", "amount": "100.00", **changes}
    return customer_payment_feed(read_customer_payment(row(fields)), BOOKS)


def test_a_document_in_minor_units_of_its_own_currency() -> None:
    found = invoice()
    assert (found.total_minor, found.balance_minor, found.written_off_minor) == (12050, 2050, 0)
    assert (found.currency, found.rate) == ("EUR", Decimal("1.0835"))
    assert (found.contact_provider_id, found.due_date) == ("7", dt.date(2026, 11, 16))


def test_the_base_currency_has_the_rate_one_and_stands_in_where_none_is_named() -> None:
    found = invoice(currency_code="", exchange_rate="")
    assert (found.currency, found.rate) == ("USD", Decimal(1))


@pytest.mark.parametrize(
    ("status", "balance", "written_off", "expected"),
    [
        ("draft", "120.50", 0, DocumentStatus.DRAFT),
        ("pending_approval", "120.50", 0, DocumentStatus.DRAFT),
        ("sent", "120.50", 0, DocumentStatus.OPEN),
        ("viewed", "120.50", 0, DocumentStatus.OPEN),
        ("unpaid", "120.50", 0, DocumentStatus.OPEN),
        ("overdue", "20.50", 0, DocumentStatus.OVERDUE),
        ("partially_paid", "20.50", 0, DocumentStatus.PARTLY_PAID),
        ("paid", "0", 0, DocumentStatus.PAID),
        ("paid", "0", "20.50", DocumentStatus.WRITTEN_OFF),
        ("void", "0", 0, DocumentStatus.VOID),
        ("PAID", "0", 0, DocumentStatus.PAID),
        ("something_new", "0", 0, DocumentStatus.PAID),
        ("something_new", "20.5", 0, DocumentStatus.PARTLY_PAID),
        ("", "120.5", 0, DocumentStatus.OPEN),
    ],
)
def test_states(status: str, balance: str, written_off: object, expected: DocumentStatus) -> None:
    assert invoice(status=status, balance=balance, write_off_amount=written_off).status == expected


def test_every_kind_of_document() -> None:
    fields = row(DOCUMENT | {"status": "closed"})
    assert credit_note_feed(read_credit_note(fields), BOOKS).status == DocumentStatus.PAID
    assert bill_feed(read_bill(fields), BOOKS).kind == "bill"
    expense = expense_feed(read_expense(row(DOCUMENT | {"status": "unbilled", "balance": ""})), BOOKS)
    assert (expense.status, expense.balance_minor) == (DocumentStatus.PAID, 0)


@pytest.mark.parametrize(
    ("changes", "minor", "base_minor"),
    [
        ({}, 12050, 13057),
        (
            {"debit_amount": "", "credit_amount": 130.57, "fcy_debit_amount": "", "fcy_credit_amount": 120.5},
            -12050,
            -13057,
        ),
        ({"debit_amount": 0.07, "fcy_debit_amount": 0}, 0, 7),
        ({"debit_amount": 0.07, "fcy_debit_amount": ""}, 0, 7),
        ({"currency_code": "USD", "debit_amount": 9, "fcy_debit_amount": 0}, 900, 900),
        ({"currency_code": "", "debit_amount": 9, "fcy_debit_amount": ""}, 900, 900),
        ({"currency_code": "JPY", "debit_amount": 9, "fcy_debit_amount": 1400}, 1400, 900),
    ],
    ids=["debit", "credit", "difference", "difference, blank", "base", "base, unnamed", "no decimals"],
)
def test_a_line_is_signed_in_both_currencies(changes: dict[str, Any], minor: int, base_minor: int) -> None:
    found = posting(**changes)
    assert (found.minor, found.base_minor) == (minor, base_minor)


def test_a_line_has_an_id_of_its_own_only_within_its_account() -> None:
    assert posting().provider_id == "4:31"
    assert posting(account_id="5").provider_id == "5:31"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("vendor_payment", PostingSource.VENDOR_PAYMENT),
        ("creditnote", PostingSource.CREDIT_NOTE),
        ("transfer_fund", PostingSource.BANK),
        ("opening_balance", PostingSource.OPENING_BALANCE),
        ("base_currency_adjustment", PostingSource.OTHER),
        ("invented_later", PostingSource.OTHER),
    ],
)
def test_what_posted_a_line(kind: str, expected: PostingSource) -> None:
    assert posting(transaction_type=kind).source_kind == expected


def test_a_payment_without_a_currency_is_in_its_contacts() -> None:
    assert payment().currency == "GBP"
    assert payment(currency_code="EUR").currency == "EUR"
    assert payment(customer_id="8", bcy_amount="100.0").currency == "USD"
    assert payment().kind == ContactKind.CUSTOMER


@pytest.mark.parametrize(
    "changes",
    [{"currency_code": "XBT"}, {"total": "1.005"}, {"balance": "0.001"}, {"currency_code": "JPY"}, {"total": "9" * 16}],
)
def test_what_cannot_be_held_exactly_is_left_out_and_counted(changes: dict[str, Any]) -> None:
    rows: list[Document] = [read_invoice(row(DOCUMENT)), read_invoice(row(DOCUMENT | changes))]
    converted = convert(rows, invoice_feed, BOOKS)
    assert (len(converted.rows), converted.skipped) == (1, 1)


def test_rows_that_name_too_little_are_left_out() -> None:
    stray = read_line(row(LINE | {"debit_amount": "", "fcy_debit_amount": ""}))
    assert convert([stray], posting_feed, BOOKS).skipped == 1
    foreign = read_customer_payment(
        row({"payment_id": "5", "customer_id": "8", "date": "2026-11-02", "amount": "100", "bcy_amount": "108.35"})
    )
    assert convert([foreign], customer_payment_feed, BOOKS).skipped == 1
    nobody = read_contact(row({"contact_id": "5", "contact_type": "rival", "contact_name": "Nobody"}))
    assert convert([nobody], contact_feed, BOOKS).skipped == 1


def test_a_contact() -> None:
    fields = {
        "contact_id": 5,
        "contact_type": "vendor",
        "contact_name": "Oak",
        "payment_terms": "30",
        "status": "inactive",
    }
    found = contact_feed(read_contact(row(fields)), BOOKS)
    assert (found.provider_id, found.kind, found.currency) == ("5", ContactKind.VENDOR, "USD")
    assert (found.payment_terms_days, found.is_active, found.email) == (30, False, None)


def test_a_bank_line() -> None:
    fields = {"transaction_id": 9, "account_id": 4, "date": "2026-11-02", "amount": 12.5, "debit_or_credit": "credit"}
    found = bank_line_feed(read_bank_line(row(fields | {"status": "matched"})), BOOKS)
    assert (found.minor, found.currency, found.status) == (-1250, "USD", "matched")


def test_nothing_of_a_converted_row_is_shown_when_it_is_printed() -> None:
    assert "12050" not in repr(invoice())
    assert "Bowman" not in repr(invoice())
