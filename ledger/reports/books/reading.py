"""The documents of all months laid end to end."""

from dataclasses import dataclass

from ledger.kinds import Book
from ledger.sheets.documents import Documents, join_documents
from ledger.sheets.heads import Head
from ledger.sheets.reading import Part, read_sheets


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ReadDocuments:
    """A book's documents by day, gone ones too, and the heads of the sheets they were read from, oldest first."""

    heads: tuple[Head, ...]
    documents: Documents


def read_documents(book: Book) -> ReadDocuments:
    """Every document of a book, in one statement. What is owed may be of any age."""
    opened = read_sheets(book, [Part.DOCUMENTS])
    return ReadDocuments(tuple(one.head for one in opened), join_documents([one.documents for one in opened]))
