"""Books for the tests: a connection of an organisation, feed records with everything but what matters filled in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from accounts.models import Workspace
from audit.log import Actor
from integrations.models import Connection, ItemFacts
from ledger.actions import list_stale_months, rebuild_month
from ledger.actions.books import AppliedBooks, Retired, apply_books_page, retire_unseen, save_organization
from ledger.books_feeds import (
    BooksPage,
    FeedBankLine,
    FeedBooksAccount,
    FeedContact,
    FeedDocument,
    FeedPayment,
    FeedPosting,
    FeedRow,
)
from ledger.books_kinds import ContactKind, DocumentKind, DocumentStatus, PostingSource, Resource
from ledger.kinds import Book
from ledger.models import BooksAccount, Contact, Document, Posting
from ledger.sheets.verify import months_to_verify, verify_month
from vault.tenancy import enter_workspace

SYNC = Actor.system("sync")
RESOURCES = {
    DocumentKind.INVOICE: Resource.INVOICES,
    DocumentKind.BILL: Resource.BILLS,
    DocumentKind.CREDIT_NOTE: Resource.CREDIT_NOTES,
    DocumentKind.EXPENSE: Resource.EXPENSES,
}
MARCH_5 = date(2026, 3, 5)


def account(provider_id: str, type_name: str = "income", **changes: Any) -> FeedBooksAccount:
    given = {"name": f"The {provider_id} account", "number": None, "is_active": True, "parent_provider_id": None}
    return FeedBooksAccount(provider_id=provider_id, type=type_name, **(given | changes))


def contact(provider_id: str, **changes: Any) -> FeedContact:
    given: dict[str, Any] = {
        "kind": ContactKind.CUSTOMER,
        "name": f"{provider_id.title()} Ltd",
        "company": None,
        "email": None,
        "currency": "USD",
        "is_active": True,
        "payment_terms_days": 30,
    }
    return FeedContact(provider_id=provider_id, **(given | changes))


def document(provider_id: str, **changes: Any) -> FeedDocument:
    """An open invoice of 100.00 USD to nobody, due on its own day, unless changed."""
    given: dict[str, Any] = {
        "kind": DocumentKind.INVOICE,
        "contact_provider_id": None,
        "contact_name": None,
        "number": provider_id.upper(),
        "reference": None,
        "date": MARCH_5,
        "due_date": changes.get("date", MARCH_5),
        "status": DocumentStatus.OPEN,
        "currency": "USD",
        "total_minor": 100_00,
        "written_off_minor": 0,
        "rate": None,
        "last_payment_date": None,
    }
    given |= changes
    given.setdefault("balance_minor", given["total_minor"])
    return FeedDocument(provider_id=provider_id, **given)


def payment(provider_id: str, **changes: Any) -> FeedPayment:
    given: dict[str, Any] = {
        "kind": ContactKind.CUSTOMER,
        "contact_provider_id": None,
        "date": MARCH_5,
        "number": "7",
        "mode": "bank",
        "reference": None,
        "currency": "USD",
        "amount_minor": 100_00,
        "rate": None,
    }
    return FeedPayment(provider_id=provider_id, **(given | changes))


def posting(provider_id: str, account_id: str, minor: int, **changes: Any) -> FeedPosting:
    given: dict[str, Any] = {
        "contact_provider_id": None,
        "date": MARCH_5,
        "source_kind": PostingSource.JOURNAL,
        "source_provider_id": "journal",
        "number": "J-1",
        "description": "A line",
        "currency": "USD",
        "base_minor": minor,
    }
    return FeedPosting(provider_id=provider_id, account_provider_id=account_id, minor=minor, **(given | changes))


def bank_line(provider_id: str, account_id: str, minor: int, **changes: Any) -> FeedBankLine:
    given: dict[str, Any] = {
        "date": MARCH_5,
        "status": "categorized",
        "currency": "USD",
        "payee": "Somebody",
        "description": None,
        "kind": "deposit",
    }
    return FeedBankLine(provider_id=provider_id, account_provider_id=account_id, minor=minor, **(given | changes))


@dataclass
class Books:
    """A connection's books, applied page by page as a sync does."""

    workspace: Workspace
    connection_id: UUID

    @contextmanager
    def scope(self) -> Iterator[None]:
        with enter_workspace(self.workspace.pk):
            yield

    def apply(self, resource: Resource, *rows: FeedRow, sweep: int = 1) -> AppliedBooks:
        page = BooksPage(resource, rows)
        return apply_books_page(actor=SYNC, connection_id=self.connection_id, page=page, sweep=sweep)

    def documents(self, *rows: FeedDocument, sweep: int = 1) -> None:
        """Any documents, each as of its own resource, and their sheets."""
        for kind, resource in RESOURCES.items():
            if chosen := [row for row in rows if row.kind == kind]:
                self.apply(resource, *chosen, sweep=sweep)
        rebuild()

    def postings(self, *rows: FeedPosting, sweep: int = 1) -> None:
        self.apply(Resource.POSTINGS, *rows, sweep=sweep)
        rebuild()

    def retire(self, resource: Resource, sweep: int, **window: Any) -> Retired:
        return retire_unseen(actor=SYNC, connection_id=self.connection_id, resource=resource, sweep=sweep, **window)

    def document(self, provider_id: str) -> Document:
        return Document.objects.get(connection_id=self.connection_id, provider_id=provider_id)

    def contact(self, provider_id: str) -> Contact:
        return Contact.objects.get(connection_id=self.connection_id, provider_id=provider_id)

    def account(self, provider_id: str) -> BooksAccount:
        return BooksAccount.objects.get(connection_id=self.connection_id, provider_id=provider_id)

    def posting(self, provider_id: str) -> Posting:
        return Posting.objects.get(connection_id=self.connection_id, provider_id=provider_id)


def connect_books(workspace: Workspace, base_currency: str = "USD") -> Books:
    """An organisation of the workspace in scope."""
    connection = Connection.objects.create(facts=ItemFacts(item_id="organisation", institution="Cedarline"))
    save_organization(actor=SYNC, connection_id=connection.id, base_currency=base_currency)
    return Books(workspace, connection.id)


def rebuild() -> None:
    """What a run does at its end."""
    for book in (Book.BOOKS, Book.INVOICES, Book.BILLS):
        for month in list_stale_months(book):
            rebuild_month(book=book, month=month)


def differences() -> list[str]:
    """What of the books' sheets differs from their rows, stale ones aside."""
    return [
        difference
        for book in (Book.BOOKS, Book.INVOICES, Book.BILLS)
        for month in months_to_verify(book)
        for difference in verify_month(book, month).differences
    ]
