"""What changes at Zoho changes here: at the next run what Zoho tells of, at the next sweep what it keeps silent about."""

from datetime import timedelta
from typing import Any

import pytest

from integrations.models import BooksList
from ledger.books_kinds import DocumentStatus
from ledger.models import Document, Payment, Posting
from tests.integrations.zoho.linked_books import Company, assert_same_books, kept_balances, told_balances, watching

pytestmark = pytest.mark.django_db(transaction=True)

SWEPT = tuple(one for one in BooksList if one not in (BooksList.POSTINGS, BooksList.ORGANIZATION))


def open_invoice(company: Company) -> dict[str, Any]:
    """One that nobody has paid anything of."""
    rows = company.reader.all("/invoices", "invoices")
    found: dict[str, Any] = next(
        one for one in rows if one["status"] in ("sent", "overdue") and float(one["balance"]) == float(one["total"])
    )
    return found


def kept_document(company: Company, provider_id: str) -> Document:
    with company.inside():
        found = Document.objects.get(provider_id=provider_id)
        _ = found.feed
        return found


def live_postings(company: Company, provider_id: str) -> int:
    with company.inside():
        return Posting.objects.filter(source_provider_id=provider_id, deleted_at=None).count()


def test_a_voided_invoice_is_void_here_and_its_postings_are_gone(company: Company) -> None:
    company.sync_well()
    invoice = open_invoice(company)["invoice_id"]
    assert live_postings(company, invoice) >= 2
    company.reader.change("void", id=invoice)
    company.sync_well()
    assert kept_document(company, invoice).status == DocumentStatus.VOID
    assert live_postings(company, invoice) == 0
    assert_same_books(company)


def test_a_deleted_invoice_goes_with_the_next_sweep_and_stays_on_record(company: Company) -> None:
    company.sync_well()
    invoice = open_invoice(company)["invoice_id"]
    lines = live_postings(company, invoice)
    company.reader.change("delete", id=invoice)
    company.sync_well()
    assert kept_document(company, invoice).deleted_at is None
    company.make_due(*SWEPT)
    run = company.sync_well()
    gone = kept_document(company, invoice)
    assert (gone.deleted_at is not None, gone.deleted_because) == (True, "unseen")
    assert run.rows_removed == 1 + lines
    assert live_postings(company, invoice) == 0
    assert_same_books(company)


def test_an_invoice_that_was_written_off(company: Company) -> None:
    company.sync_well()
    invoice = open_invoice(company)["invoice_id"]
    company.reader.change("write_off", id=invoice)
    company.sync_well()
    found = kept_document(company, invoice)
    assert found.status == DocumentStatus.WRITTEN_OFF
    with company.inside():
        assert found.feed.balance == 0
        assert found.feed.written_off > 0
    assert_same_books(company)


def test_an_invoice_that_was_paid(company: Company) -> None:
    company.sync_well()
    invoice = open_invoice(company)
    minor = round(float(invoice["balance"]) * 100)
    account = company.reader.all("/bankaccounts", "bankaccounts")[0]["account_id"]
    with company.inside():
        before = Payment.objects.count()
    company.reader.change("pay", id=invoice["invoice_id"], minor=minor, account_id=str(account), rate="1.1")
    company.sync_well()
    assert kept_document(company, invoice["invoice_id"]).status == DocumentStatus.PAID
    with company.inside():
        assert Payment.objects.count() == before + 1
    assert_same_books(company)


def test_an_invoice_that_was_moved_to_another_month(company: Company) -> None:
    company.sync_well()
    invoice = open_invoice(company)["invoice_id"]
    before = kept_document(company, invoice).date
    company.reader.change("amend", id=invoice, minor=123456, on=(before - timedelta(days=70)).isoformat())
    company.sync_well()
    found = kept_document(company, invoice)
    assert found.date == before - timedelta(days=70)
    with company.inside():
        assert found.feed.total == 123456
        days = set(Posting.objects.filter(source_provider_id=invoice, deleted_at=None).values_list("date", flat=True))
    assert days == {found.date}
    assert_same_books(company)


def test_only_what_a_change_can_have_touched_is_read_of_the_general_ledger(company: Company) -> None:
    company.sync_well()
    invoice = open_invoice(company)["invoice_id"]
    company.reader.change("void", id=invoice)
    with watching(company.sandbox) as seen:
        company.sync_well()
    day = kept_document(company, invoice).date
    asked = seen.asked("/chartofaccounts/transactions")
    assert {one["date.start"] for one in asked} == {(day - timedelta(days=1)).isoformat()}
    assert len({one["account_id"] for one in asked}) == len(company.reader.all("/chartofaccounts", "chartofaccounts"))


def test_new_invoices_and_bills(company: Company) -> None:
    company.sync_well()
    invoice = open_invoice(company)
    accounts = company.reader.all("/chartofaccounts", "chartofaccounts")
    income = next(str(one["account_id"]) for one in accounts if one["account_type"] == "income")
    added = company.reader.change(
        "invoice", contact_id=invoice["customer_id"], account_id=income, minor=98765, rate="1.2", on="2026-11-19"
    )
    run = company.sync_well()
    assert kept_document(company, added["id"]).date.isoformat() == "2026-11-19"
    assert run.rows_added >= 3
    assert_same_books(company)


def test_days_later_the_books_are_still_zohos(company: Company) -> None:
    company.sync_well()
    for days in (3, 40):
        company.sandbox.day += timedelta(days=days)
        company.sync_well()
        assert_same_books(company)
    company.make_due()
    company.sync_well()
    assert_same_books(company)


def test_a_deleted_journal_is_noticed_with_the_next_sweep(company: Company) -> None:
    company.sync_well()
    journal = company.reader.all("/journals", "journals")[0]["journal_id"]
    assert live_postings(company, journal) >= 2
    company.reader.change("delete", id=journal)
    company.make_due(*SWEPT)
    company.sync_well()
    assert live_postings(company, journal) == 0
    assert kept_balances(company) == told_balances(company)
