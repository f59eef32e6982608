"""The part of the sheets of invoices and bills: one row a document, in columns, and what must hold among them.

Rows are in the order of the text part: by day, then id. As in `parts`, amounts are int64 minor units, codes the workspace's
own (contact 0: none), days counted from 1970-01-01 and currencies ISO 4217 numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntFlag
from operator import attrgetter

import numpy as np

from ledger.books_kinds import DocumentStatus
from ledger.sheets.layout import Column, ColumnSpec, PartSpec, SheetBroken, decode_part, encode_part, place_of
from ledger.sheets.parts import Amounts, Bytes, Codes, Flags, Numerics, check_rows, columns_of, join_parts


class DocumentFlag(IntFlag):
    """Bits of a row. NO_RATE: the amounts have no value in the base currency, and the base columns are 0."""

    REMOVED = 1
    CREDIT_NOTE = 2
    EXPENSE = 4
    NO_RATE = 8


ALL_FLAGS = int(sum(DocumentFlag))
# Stored in sheets: never renumber.
STATUS_CODES = {
    DocumentStatus.DRAFT: 1,
    DocumentStatus.OPEN: 2,
    DocumentStatus.OVERDUE: 3,
    DocumentStatus.PARTLY_PAID: 4,
    DocumentStatus.PAID: 5,
    DocumentStatus.VOID: 6,
    DocumentStatus.WRITTEN_OFF: 7,
}


@dataclass(frozen=True, slots=True, repr=False)
class DocumentRow:
    """A document as its month's sheet holds it."""

    id: bytes
    day: int
    due_day: int
    contact: int
    currency: int
    base_currency: int
    status: int
    total: int
    balance: int
    base_total: int
    base_balance: int
    flags: int
    text: bytes


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Documents:
    """One row a document, removed ones included. `due_day` is the document's own day where it has none.

    `balance` is what is still to be paid, of a credit note what is not used; all amounts as the document has them, which
    is ≥ 0 on either side. `base_currency` is that of its organisation.
    """

    id: Column
    day: Codes
    due_day: Codes
    contact: Codes
    currency: Numerics
    base_currency: Numerics
    status: Bytes
    total: Amounts
    balance: Amounts
    base_total: Amounts
    base_balance: Amounts
    flags: Flags

    def __len__(self) -> int:
        return len(self.id)


DOCUMENTS = PartSpec(
    "documents",
    6,
    (
        ColumnSpec("id", "V16"),
        ColumnSpec("day", "i4", packed=True),
        ColumnSpec("due_day", "i4", packed=True),
        ColumnSpec("contact", "i4", packed=True),
        ColumnSpec("currency", "i2", packed=True),
        ColumnSpec("base_currency", "i2", packed=True),
        ColumnSpec("status", "u1", packed=True),
        ColumnSpec("total", "i8", packed=True),
        ColumnSpec("balance", "i8", packed=True),
        ColumnSpec("base_total", "i8", packed=True),
        ColumnSpec("base_balance", "i8", packed=True),
        ColumnSpec("flags", "u2", packed=True),
    ),
)


def build_documents(rows: Sequence[DocumentRow]) -> Documents:
    """The part of rows that are in the sheet's order."""
    rest = [np.fromiter(map(attrgetter(spec.name), rows), f"<{spec.type}", len(rows)) for spec in DOCUMENTS.columns[1:]]
    return Documents(np.frombuffer(b"".join(row.id for row in rows), "V16"), *rest)


def join_documents(parts: Sequence[Documents]) -> Documents:
    """The rows of several months, one after the other."""
    return join_parts(build_documents([]), parts)


def take_documents(documents: Documents, places: Column) -> Documents:
    """The rows at these positions, or those that a mask keeps, in their order."""
    return Documents(*(column[places] for column in columns_of(documents)))


def encode_documents(month: date, documents: Documents) -> bytes:
    return encode_part(DOCUMENTS, month, len(documents), columns_of(documents))


def decode_documents(month: date, data: bytes | memoryview) -> Documents:
    """Raises SheetBroken when the bytes are not this month's documents, by day and within the month."""
    documents = Documents(*decode_part(DOCUMENTS, month, data)[1])
    check_rows(DOCUMENTS, month, documents.day, documents.flags, ALL_FLAGS)
    if documents.status.min(initial=1) < 1 or documents.status.max(initial=1) > len(STATUS_CODES):
        raise SheetBroken(place_of("documents", month), "an unknown status")
    return documents
