"""Turns Zoho Books' rows into the ledger's own terms: whole minor units, the ledger's kinds, states and currencies.

A row in a currency that the ledger does not know, or with more decimals than its currency has, is left out and counted:
nothing is rounded, and nothing is left out in silence. Words that Zoho invents later are taken for what they are closest to.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from integrations.providers.zoho_rows import Account, BankLine, Contact, Document, Line, Payment
from ledger.books_feeds import (
    FeedBankLine,
    FeedBooksAccount,
    FeedContact,
    FeedDocument,
    FeedPayment,
    FeedPosting,
    FeedRow,
)
from ledger.books_kinds import ContactKind, DocumentKind, DocumentStatus, PostingSource
from ledger.currencies import UnknownCurrency, find_currency
from ledger.money import InexactAmount, to_minor

AnyRow = Account | Contact | Document | Payment | Line | BankLine

STATUSES = {
    "draft": DocumentStatus.DRAFT,
    "pending_approval": DocumentStatus.DRAFT,
    "approved": DocumentStatus.DRAFT,
    "rejected": DocumentStatus.DRAFT,
    "sent": DocumentStatus.OPEN,
    "viewed": DocumentStatus.OPEN,
    "unpaid": DocumentStatus.OPEN,
    "open": DocumentStatus.OPEN,
    "overdue": DocumentStatus.OVERDUE,
    "partially_paid": DocumentStatus.PARTLY_PAID,
    "paid": DocumentStatus.PAID,
    "closed": DocumentStatus.PAID,
    "void": DocumentStatus.VOID,
}
SOURCES = {
    "invoice": PostingSource.INVOICE,
    "bill": PostingSource.BILL,
    "bills": PostingSource.BILL,
    "customer_payment": PostingSource.CUSTOMER_PAYMENT,
    "vendor_payment": PostingSource.VENDOR_PAYMENT,
    "creditnote": PostingSource.CREDIT_NOTE,
    "credit_note": PostingSource.CREDIT_NOTE,
    "credit_notes": PostingSource.CREDIT_NOTE,
    "expense": PostingSource.EXPENSE,
    "journal": PostingSource.JOURNAL,
    "opening_balance": PostingSource.OPENING_BALANCE,
    **dict.fromkeys(
        (
            *("card_payment", "deposit", "transfer_fund", "sales_without_invoices", "purchase_or_charges", "refund"),
            *("interest_income", "other_income", "owner_contribution", "owner_drawings"),
        ),
        PostingSource.BANK,
    ),
}
CONTACT_KINDS = {"customer": ContactKind.CUSTOMER, "vendor": ContactKind.VENDOR}


class _LeftOut(Exception):
    """This row cannot be held."""


@dataclass(frozen=True, slots=True)
class Books:
    """What rows leave unsaid: the organisation's currency, and the currencies of contacts by their id at Zoho."""

    base_currency: str
    contact_currencies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Converted:
    """Rows as the ledger takes them, and how many were left out."""

    rows: tuple[FeedRow, ...]
    skipped: int


def convert(rows: Iterable[AnyRow], to_feed: Callable[..., FeedRow], books: Books) -> Converted:
    """Each row by `to_feed`, one of the functions below."""
    found: list[FeedRow] = []
    skipped = 0
    for row in rows:
        try:
            found.append(to_feed(row, books))
        except (UnknownCurrency, InexactAmount, _LeftOut):
            skipped += 1
    return Converted(tuple(found), skipped)


def account_feed(row: Account, books: Books) -> FeedBooksAccount:
    del books
    return FeedBooksAccount(
        provider_id=row.account_id,
        name=row.name,
        number=row.code,
        type=row.type,
        is_active=row.is_active,
        parent_provider_id=row.parent_account_id,
    )


def contact_feed(row: Contact, books: Books) -> FeedContact:
    kind = CONTACT_KINDS.get(row.type)
    if kind is None:
        raise _LeftOut
    return FeedContact(
        provider_id=row.contact_id,
        kind=kind,
        name=row.name,
        company=row.company,
        email=row.email,
        currency=_known(row.currency or books.base_currency),
        is_active=row.is_active,
        payment_terms_days=row.terms,
    )


def invoice_feed(row: Document, books: Books) -> FeedDocument:
    return _document(row, DocumentKind.INVOICE, books)


def bill_feed(row: Document, books: Books) -> FeedDocument:
    return _document(row, DocumentKind.BILL, books)


def credit_note_feed(row: Document, books: Books) -> FeedDocument:
    return _document(row, DocumentKind.CREDIT_NOTE, books)


def expense_feed(row: Document, books: Books) -> FeedDocument:
    return _document(row, DocumentKind.EXPENSE, books)


def customer_payment_feed(row: Payment, books: Books) -> FeedPayment:
    return _payment(row, ContactKind.CUSTOMER, books)


def vendor_payment_feed(row: Payment, books: Books) -> FeedPayment:
    return _payment(row, ContactKind.VENDOR, books)


def posting_feed(row: Line, books: Books) -> FeedPosting:
    """A line; of one in the base currency both amounts are the same. An exchange difference has no amount in the document's
    currency. Lines have an id of their own only within their account.
    """
    currency = _known(row.currency or books.base_currency)
    is_base = currency == books.base_currency
    base = row.amount if is_base and row.base_amount is None else row.base_amount
    amount = base if is_base else row.amount
    if base is None and amount is None:
        raise _LeftOut
    return FeedPosting(
        provider_id=f"{row.account_id}:{row.line_id}",
        account_provider_id=row.account_id,
        contact_provider_id=row.contact_id,
        date=row.date,
        source_kind=SOURCES.get(row.source_type, PostingSource.OTHER),
        source_provider_id=row.source_id,
        number=row.number,
        description=row.description,
        currency=currency,
        minor=to_minor(amount or Decimal(0), currency),
        base_minor=None if base is None else to_minor(base, books.base_currency),
    )


def bank_line_feed(row: BankLine, books: Books) -> FeedBankLine:
    if row.account_id is None:
        raise _LeftOut
    currency = _known(row.currency or books.base_currency)
    return FeedBankLine(
        provider_id=row.line_id,
        account_provider_id=row.account_id,
        date=row.date,
        status=row.status,
        currency=currency,
        minor=to_minor(row.amount, currency),
        payee=row.payee,
        description=row.description,
        kind=row.kind,
    )


def _document(row: Document, kind: DocumentKind, books: Books) -> FeedDocument:
    currency = _known(row.currency or books.base_currency)
    return FeedDocument(
        provider_id=row.document_id,
        kind=kind,
        contact_provider_id=row.contact_id,
        contact_name=row.contact_name,
        number=row.number,
        reference=row.reference,
        date=row.date,
        due_date=row.due_date,
        status=_status(row, kind),
        currency=currency,
        total_minor=to_minor(row.total, currency),
        balance_minor=to_minor(row.balance, currency),
        written_off_minor=to_minor(row.written_off, currency),
        rate=Decimal(1) if currency == books.base_currency else row.rate,
        last_payment_date=row.last_payment_date,
    )


def _status(row: Document, kind: DocumentKind) -> DocumentStatus:
    """Zoho calls what was written off paid, and an expense by what becomes of it."""
    status = STATUSES.get(row.status)
    if status == DocumentStatus.PAID and row.written_off > 0:
        return DocumentStatus.WRITTEN_OFF
    if kind == DocumentKind.EXPENSE and status not in (DocumentStatus.DRAFT, DocumentStatus.VOID):
        return DocumentStatus.PAID
    if status is not None:
        return status
    if row.balance <= 0:
        return DocumentStatus.PAID
    return DocumentStatus.PARTLY_PAID if row.balance < row.total else DocumentStatus.OPEN


def _payment(row: Payment, kind: ContactKind, books: Books) -> FeedPayment:
    currency = _payment_currency(row, books)
    return FeedPayment(
        provider_id=row.payment_id,
        kind=kind,
        contact_provider_id=row.contact_id,
        date=row.date,
        number=row.number,
        mode=row.mode,
        reference=row.reference,
        currency=currency,
        amount_minor=to_minor(row.amount, currency),
        rate=Decimal(1) if currency == books.base_currency else row.rate,
    )


def _payment_currency(row: Payment, books: Books) -> str:
    """Where a payment names no currency, it is its contact's; without one, the base currency if the amounts agree."""
    given = row.currency or books.contact_currencies.get(row.contact_id or "")
    if given is None and row.base_amount in (None, row.amount):
        given = books.base_currency
    if given is None:
        raise _LeftOut
    return _known(given)


def _known(currency: str) -> str:
    return find_currency(currency).code
