"""What each book's month sheet is made of, and those parts made from the rows as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.kinds import Book
from ledger.models import SheetPart
from ledger.sheets.books_codebook import load_books_codebook
from ledger.sheets.books_rows import kinds_of, read_documents, read_postings
from ledger.sheets.build import build_numbers, summarise
from ledger.sheets.codebook import load_codebook
from ledger.sheets.documents import Documents, build_documents
from ledger.sheets.parts import Numbers, Summary, Text, Words
from ledger.sheets.rows import SheetRow, read_month
from ledger.sheets.words import index_words
from vault.blobs import fetch_binary

Part = SheetPart.Part
Columns = Numbers | Summary | Text | Words | Documents

OF_AMOUNTS = (Part.SUMMARY, Part.NUMBERS, Part.ASIDE, Part.TEXT, Part.WORDS)
OF_DOCUMENTS = (Part.DOCUMENTS, Part.TEXT, Part.WORDS)
TRANSACTION_MONTHS = "SELECT DISTINCT date_trunc('month', date)::date FROM ledger_transaction"
POSTING_MONTHS = "SELECT DISTINCT date_trunc('month', date)::date FROM ledger_posting"
DOCUMENT_MONTHS = "SELECT DISTINCT date_trunc('month', date)::date FROM ledger_document WHERE kind = ANY(%s)"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Contents:
    """A month's parts, and how many rows they are of. What stands aside is written from the numbers."""

    rows: int
    parts: Mapping[Part, Columns]


def parts_of(book: Book) -> tuple[Part, ...]:
    """The parts that a book's sheets have."""
    return OF_DOCUMENTS if book in (Book.INVOICES, Book.BILLS) else OF_AMOUNTS


def read_contents(book: Book, month: date) -> Contents:
    """What a month's sheet should hold."""
    match book:
        case Book.BANK:
            return _of_amounts(read_month(month, load_codebook()))
        case Book.BOOKS:
            return _of_amounts(read_postings(month, load_books_codebook()))
        case Book.INVOICES | Book.BILLS:
            rows = read_documents(book, month, load_books_codebook())
            words, text = index_words([row.text for row in rows])
            parts: dict[Part, Columns] = {Part.DOCUMENTS: build_documents(rows), Part.TEXT: text, Part.WORDS: words}
            return Contents(len(rows), parts)


def months_of_rows(book: Book) -> list[date]:
    """The months that a book has rows in."""
    match book:
        case Book.BANK:
            found = fetch_binary(TRANSACTION_MONTHS)
        case Book.BOOKS:
            found = fetch_binary(POSTING_MONTHS)
        case Book.INVOICES | Book.BILLS:
            found = fetch_binary(DOCUMENT_MONTHS, [kinds_of(book)])
    return [month for (month,) in found]


def amounts_of(numbers: Numbers, words: Words, text: Text) -> dict[Part, Columns]:
    """The parts of a sheet of amounts."""
    return {
        Part.SUMMARY: summarise(numbers),
        Part.NUMBERS: numbers,
        Part.ASIDE: numbers,
        Part.TEXT: text,
        Part.WORDS: words,
    }


def _of_amounts(rows: list[SheetRow]) -> Contents:
    return Contents(len(rows), amounts_of(build_numbers(rows), *index_words([row.text for row in rows])))
