"""After a first sync the ledger's books are Zoho's, to the cent, and nothing but reading has left the house. R78-R80."""

import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from integrations.models import BooksList, CallCount
from integrations.sync.zoho.pace import INTERVAL
from ledger.books_kinds import ContactKind, DocumentKind
from ledger.kinds import Book
from ledger.models import BankLine, BooksAccount, Contact, Document, Payment, Posting
from ledger.sheets.rebuild import list_stale_months
from tests.integrations.linked import TaskQueue
from tests.integrations.sandbox.zoho_reader import CEDARLINE, EUROPE
from tests.integrations.support import Sandbox
from tests.integrations.zoho.linked_books import (
    Company,
    assert_same_books,
    connect_books,
    kept_balances,
    told_balances,
    watching,
)
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("plenty_of_calls")
@pytest.mark.parametrize(("organization", "currencies"), [(EUROPE, 2), (CEDARLINE, 3)])
def test_the_trial_balance_is_zohos_in_every_currency_and_sums_to_zero(
    organization: str, currencies: int, alice: Persona, zoho: Sandbox, queue: TaskQueue
) -> None:
    company = connect_books(alice, zoho, queue, organization)
    run = company.sync_well()
    kept = kept_balances(company)
    assert kept == told_balances(company)
    codes = {currency for _, currency in kept}
    assert len(codes) == currencies
    for code in codes:
        assert sum(minor for (_, currency), (minor, _) in kept.items() if currency == code) == 0
    assert sum(base for _, base in kept.values()) == 0
    assert run.rows_skipped == 0


def test_nothing_but_reading_leaves_for_the_data(company: Company) -> None:
    with watching(company.sandbox) as seen:
        company.sync_well()
    assert len(seen.data()) > 20
    assert {method for method, _, _ in seen.data()} == {"GET"}
    assert {path for method, path, _ in seen.calls if method != "GET"} <= {"/zoho/oauth/v2/token"}
    assert {query["organization_id"][0] for _, _, query in seen.data()} == {EUROPE}
    with company.inside():
        counts = list(CallCount.objects.values_list("endpoint", "calls", "writes", "refused"))
    assert sum(calls for _, calls, _, _ in counts) == len(seen.calls)
    assert {(writes, refused) for _, _, writes, refused in counts} == {(0, 0)}


def test_the_recording_would_show_a_write(company: Company) -> None:
    with watching(company.sandbox) as seen:
        company.sandbox.post("/zoho/books/v3/invoices", customer_id="1")
    assert seen.paths("POST") == ["/zoho/books/v3/invoices"]


def test_every_list_is_in_the_ledger(company: Company) -> None:
    company.sync_well()
    read = company.reader.all
    told = {
        "accounts": len(read("/chartofaccounts", "chartofaccounts")),
        "contacts": len(read("/contacts", "contacts")),
        "invoices": len(read("/invoices", "invoices")),
        "bills": len(read("/bills", "bills")),
        "credit notes": len(read("/creditnotes", "creditnotes")),
        "expenses": len(read("/expenses", "expenses")),
        "received": len(read("/customerpayments", "customer_payments")),
        "made": len(read("/vendorpayments", "vendorpayments")),
    }
    with company.inside() as connection:
        of_kind = {kind: Document.objects.filter(kind=kind).count() for kind in DocumentKind}
        kept = {
            "accounts": BooksAccount.objects.filter(connection_id=connection.pk).count(),
            "contacts": Contact.objects.count(),
            "invoices": of_kind[DocumentKind.INVOICE],
            "bills": of_kind[DocumentKind.BILL],
            "credit notes": of_kind[DocumentKind.CREDIT_NOTE],
            "expenses": of_kind[DocumentKind.EXPENSE],
            "received": Payment.objects.filter(kind=ContactKind.CUSTOMER).count(),
            "made": Payment.objects.filter(kind=ContactKind.VENDOR).count(),
        }
        assert Posting.objects.exists()
        assert BankLine.objects.exists()
    assert kept == told
    assert min(kept[name] for name in ("accounts", "contacts", "invoices", "bills", "received", "made")) > 5


def test_the_months_are_added_up_and_the_next_run_is_half_an_hour_away(company: Company) -> None:
    company.sync_well()
    with company.inside() as connection:
        assert [list_stale_months(book) for book in (Book.BOOKS, Book.INVOICES, Book.BILLS)] == [[], [], []]
        assert connection.due_at is not None
        assert abs(connection.due_at - timezone.now() - INTERVAL).total_seconds() < 60


def test_a_run_without_news_asks_for_what_is_new_and_writes_nothing(company: Company) -> None:
    company.sync_well()
    with watching(company.sandbox) as seen:
        run = company.sync_well()
    assert (run.rows_added, run.rows_modified, run.rows_removed) == (0, 0, 0)
    assert "/zoho/books/v3/chartofaccounts/transactions" not in seen.paths()
    (invoices,) = seen.asked("/invoices")
    assert invoices["last_modified_time"].endswith("+0000")
    (payments,) = seen.asked("/customerpayments")
    assert payments["date_start"] < company.sandbox.day.isoformat()
    assert company.state(BooksList.INVOICES).sweep == 2


def test_another_workspace_sees_nothing_of_it(company: Company, mallory: Persona) -> None:
    company.sync_well()
    with workspace_scope(mallory.workspace.pk):
        assert not Posting.objects.exists()
    assert_same_books(company)
