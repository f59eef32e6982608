"""Books of which every text and amount must stay unreadable: one row of each kind, through the product's own actions."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from audit.log import Actor
from ledger.actions import list_stale_months, rebuild_month
from ledger.actions.books import apply_books_page, save_organization
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

DAY = date(2026, 3, 5)
TEXTS = (
    "books account", "books account number", "contact", "company", "e-mail", "document number", "document reference",
    "contact on a document", "payment number", "payment mode", "payment reference", "posting number", "posting",
    "payee", "bank line",
)  # fmt: skip


def texts(mark: str) -> dict[str, str]:
    """One planted text for each of TEXTS."""
    return {what: f"Planted {what} {mark}".replace(" ", "-" if what == "e-mail" else " ") for what in TEXTS}


def plant_books(actor: Actor, connection_id: UUID, planted: Mapping[str, str], minor: int) -> None:
    """One row of each resource, with their sheets."""
    save_organization(actor=actor, connection_id=connection_id, base_currency="USD")
    for resource, row in _rows(planted, minor):
        apply_books_page(actor=actor, connection_id=connection_id, page=BooksPage(resource, (row,)), sweep=1)
    for book in (Book.BOOKS, Book.INVOICES, Book.BILLS):
        for month in list_stale_months(book):
            rebuild_month(book=book, month=month)


def _rows(planted: Mapping[str, str], minor: int) -> list[tuple[Resource, FeedRow]]:
    account = FeedBooksAccount("sales", planted["books account"], planted["books account number"], "income", True, None)
    contact = FeedContact(
        "acme", ContactKind.CUSTOMER, planted["contact"], planted["company"], planted["e-mail"], "USD", True, 30
    )
    posting = FeedPosting(
        "line", "sales", "acme", DAY, PostingSource.INVOICE, "i1", planted["posting number"], planted["posting"],
        "USD", -minor, -minor,
    )  # fmt: skip
    line = FeedBankLine(
        "bank-line", "sales", DAY, "categorized", "USD", minor, planted["payee"], planted["bank line"], "deposit"
    )
    return [
        (Resource.ACCOUNTS, account),
        (Resource.CONTACTS, contact),
        (Resource.INVOICES, _document("i1", DocumentKind.INVOICE, planted, minor)),
        (Resource.BILLS, _document("b1", DocumentKind.BILL, planted, minor)),
        (Resource.CREDIT_NOTES, _document("c1", DocumentKind.CREDIT_NOTE, planted, minor)),
        (Resource.EXPENSES, _document("e1", DocumentKind.EXPENSE, planted, minor)),
        (Resource.CUSTOMER_PAYMENTS, _payment(ContactKind.CUSTOMER, planted, minor)),
        (Resource.VENDOR_PAYMENTS, _payment(ContactKind.VENDOR, planted, minor)),
        (Resource.POSTINGS, posting),
        (Resource.BANK_LINES, line),
    ]


def _document(provider_id: str, kind: DocumentKind, planted: Mapping[str, str], minor: int) -> FeedDocument:
    return FeedDocument(
        provider_id=provider_id,
        kind=kind,
        contact_provider_id=f"named by {provider_id}",
        contact_name=planted["contact on a document"],
        number=planted["document number"],
        reference=planted["document reference"],
        date=DAY,
        due_date=DAY,
        status=DocumentStatus.OPEN,
        currency="USD",
        total_minor=minor,
        balance_minor=minor,
        written_off_minor=minor,
        rate=Decimal(1),
        last_payment_date=None,
    )


def _payment(kind: ContactKind, planted: Mapping[str, str], minor: int) -> FeedPayment:
    return FeedPayment(
        provider_id="payment",
        kind=kind,
        contact_provider_id="acme",
        date=DAY,
        number=planted["payment number"],
        mode=planted["payment mode"],
        reference=planted["payment reference"],
        currency="USD",
        amount_minor=minor,
        rate=None,
    )
