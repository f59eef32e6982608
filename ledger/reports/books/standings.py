"""How a document stands on a day. What the provider says of being overdue is out of date the day after, so dates decide:
an open invoice or bill is overdue from the day after it is due, also when part of it is paid."""

from datetime import date

import numpy as np

from ledger.books_kinds import DocumentKind, DocumentStatus
from ledger.sheets.documents import STATUS_CODES, DocumentFlag, Documents
from ledger.sheets.parts import Bytes, Mask, day_number

STILL_OPEN = (DocumentStatus.OPEN, DocumentStatus.OVERDUE, DocumentStatus.PARTLY_PAID)
FALL_DUE = (DocumentKind.INVOICE, DocumentKind.BILL)
NEVER_OWED = (DocumentStatus.DRAFT, DocumentStatus.VOID, DocumentStatus.WRITTEN_OFF)
FLAG_OF_KIND = {
    DocumentKind.INVOICE: 0,
    DocumentKind.BILL: 0,
    DocumentKind.CREDIT_NOTE: int(DocumentFlag.CREDIT_NOTE),
    DocumentKind.EXPENSE: int(DocumentFlag.EXPENSE),
}
OF_ANOTHER_KIND = int(DocumentFlag.CREDIT_NOTE | DocumentFlag.EXPENSE)


def standing_of(kind: DocumentKind, status: DocumentStatus, due: date, today: date) -> DocumentStatus:
    """How one document stands. `due` is its own day where it has no other."""
    if status in STILL_OPEN and kind in FALL_DUE and due < today:
        return DocumentStatus.OVERDUE
    return DocumentStatus.OPEN if status == DocumentStatus.OVERDUE else status


def standings(documents: Documents, today: date) -> Bytes:
    """The code of how each row stands."""
    overdue, codes = STATUS_CODES[DocumentStatus.OVERDUE], documents.status.copy()
    codes[codes == overdue] = STATUS_CODES[DocumentStatus.OPEN]
    is_late = has_status(documents, STILL_OPEN) & falls_due(documents) & (documents.due_day < day_number(today))
    codes[is_late] = overdue
    return codes


def has_status(documents: Documents, statuses: tuple[DocumentStatus, ...]) -> Mask:
    """The rows of which the provider says one of these."""
    return np.isin(documents.status, [STATUS_CODES[status] for status in statuses])


def falls_due(documents: Documents) -> Mask:
    """The rows that are invoices or bills."""
    return np.asarray(documents.flags & OF_ANOTHER_KIND == 0)


def is_of_kind(documents: Documents, kind: DocumentKind) -> Mask:
    """The rows of a kind, in the sheets of that kind's book."""
    return np.asarray(documents.flags & OF_ANOTHER_KIND == FLAG_OF_KIND[kind])


def is_gone(documents: Documents) -> Mask:
    """The rows that the books no longer have."""
    return np.asarray(documents.flags & DocumentFlag.REMOVED != 0)
