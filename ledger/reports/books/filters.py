"""What a list of documents asks for: one frozen filter, and which path (SQL or sheets) can answer it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from ledger.books_kinds import DocumentStatus


class DocumentOrder(StrEnum):
    """NEWEST and OLDEST by the document's day, DUE by the day it falls due, the oldest first; LARGEST by the total and
    OPEN_FIRST by what is still open, both in base currency and the largest first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"
    LARGEST = "largest"
    OPEN_FIRST = "open"


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Every field narrows; empty means all. `first` and `last` are days of documents, both included.

    `statuses` are how documents stand today (see `standings`). `text` is words that must all occur in a document's number
    or reference, or in its contact's name, company or address, whatever their case.
    """

    statuses: tuple[DocumentStatus, ...] = ()
    contacts: tuple[UUID, ...] = ()
    currencies: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    text: str = ""
    order: DocumentOrder = DocumentOrder.NEWEST

    @property
    def needs_sheets(self) -> bool:
        """Whether sealed columns decide which rows match or how they are sorted."""
        return bool(self.text.strip()) or self.order not in (DocumentOrder.NEWEST, DocumentOrder.OLDEST)
