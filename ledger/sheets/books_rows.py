"""From the rows of the books to sheet rows: postings as the book of books, documents as invoices and bills.

Names of contacts are in no sheet: they change, and reports open the few hundred there are.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from ledger.books_kinds import DocumentKind, DocumentStatus
from ledger.currencies import find_currency
from ledger.kinds import Book
from ledger.models import Document, DocumentFeed, Posting, PostingFeed
from ledger.money import convert_minor
from ledger.sealed import open_all
from ledger.sheets.books_codebook import BooksCodebook
from ledger.sheets.documents import STATUS_CODES, DocumentFlag, DocumentRow
from ledger.sheets.parts import Flag, day_number, last_of_month
from ledger.sheets.rows import SheetRow, fold
from vault.blobs import fetch_binary

POSTINGS = """
    SELECT id, connection_id, account_id, contact_id, date, currency, deleted_at IS NOT NULL, feed
    FROM ledger_posting WHERE date BETWEEN %s AND %s ORDER BY date, id
"""
DOCUMENTS = """
    SELECT id, connection_id, kind, contact_id, date, due_date, status, currency, deleted_at IS NOT NULL, feed
    FROM ledger_document WHERE kind = ANY(%s) AND date BETWEEN %s AND %s ORDER BY date, id
"""
FLAG_OF_KIND = {DocumentKind.CREDIT_NOTE: DocumentFlag.CREDIT_NOTE, DocumentKind.EXPENSE: DocumentFlag.EXPENSE}


def read_postings(month: date, codebook: BooksCodebook) -> list[SheetRow]:
    """A month's postings in the sheet's order."""
    rows = fetch_binary(POSTINGS, [month, last_of_month(month)])
    feeds = open_all(Posting, "feed", [(row[0], row[-1]) for row in rows])
    return [_posting_row(row, feed, codebook) for row, feed in zip(rows, feeds, strict=True)]


def read_documents(book: Book, month: date, codebook: BooksCodebook) -> list[DocumentRow]:
    """A month's documents of a book in the sheet's order."""
    rows = fetch_binary(DOCUMENTS, [kinds_of(book), month, last_of_month(month)])
    feeds = open_all(Document, "feed", [(row[0], row[-1]) for row in rows])
    return [_document_row(row, feed, codebook) for row, feed in zip(rows, feeds, strict=True)]


def kinds_of(book: Book) -> list[str]:
    """The kinds of the documents that a book holds."""
    return [kind.value for kind in DocumentKind if kind.book == book]


def _posting_row(row: tuple[Any, ...], feed: PostingFeed, codebook: BooksCodebook) -> SheetRow:
    row_id, connection_id, account_id, contact_id, day, currency, is_gone, _ = row
    is_base = currency == codebook.currencies[connection_id]
    base_minor = feed.minor if feed.base_minor is None and is_base else feed.base_minor
    return SheetRow(
        id=row_id.bytes,
        day=day_number(day),
        account=codebook.accounts[account_id],
        category=0,
        counterparty=codebook.contact_code(contact_id),
        currency=find_currency(currency).numeric,
        minor=feed.minor,
        base_minor=base_minor or 0,
        flags=int(Flag.REMOVED * is_gone | Flag.NO_RATE * (base_minor is None)),
        text=_line(feed.number, feed.description),
    )


def _document_row(row: tuple[Any, ...], feed: DocumentFeed, codebook: BooksCodebook) -> DocumentRow:
    row_id, connection_id, kind, contact_id, day, due_day, status, currency, is_gone, _ = row
    base = codebook.currencies[connection_id]
    base_total, base_balance = in_base(feed, feed.total, currency, base), in_base(feed, feed.balance, currency, base)
    has_base = base_total is not None and base_balance is not None
    flags = DocumentFlag.REMOVED * is_gone | DocumentFlag.NO_RATE * (not has_base) | FLAG_OF_KIND.get(kind, 0)
    return DocumentRow(
        id=row_id.bytes,
        day=day_number(day),
        due_day=day_number(due_day or day),
        contact=codebook.contact_code(contact_id),
        currency=find_currency(currency).numeric,
        base_currency=find_currency(base).numeric,
        status=STATUS_CODES[DocumentStatus(status)],
        total=feed.total,
        balance=feed.balance,
        base_total=(base_total or 0) if has_base else 0,
        base_balance=(base_balance or 0) if has_base else 0,
        flags=int(flags),
        text=_line(feed.number, feed.reference),
    )


def in_base(feed: DocumentFeed, minor: int, currency: str, base: str) -> int | None:
    """An amount of a document at its own rate, in minor units of the base currency; None where it has no rate."""
    if currency == base:
        return minor
    return convert_minor(minor, currency, Decimal(feed.rate), base) if feed.rate else None


def _line(*fields: str | None) -> bytes:
    return fold(" ".join(field or "" for field in fields)).encode()
