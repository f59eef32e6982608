"""Everything the ledger knows about one document of the books, opened."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from ledger.models import Document
from ledger.reports.books.documents import DocumentLine, open_documents


@dataclass(frozen=True, slots=True)
class DocumentDetail:
    """`provider_id` is the document's id in the accounting software; `gone_at` when it was found to be no longer there
    (UTC)."""

    line: DocumentLine
    connection_id: UUID
    provider_id: str = field(repr=False)
    created_at: datetime
    updated_at: datetime
    gone_at: datetime | None


def read_document(document_id: UUID, *, today: date) -> DocumentDetail | None:
    """A document of any kind, also one that the books no longer have; None when the workspace has none of this id."""
    document = Document.objects.filter(id=document_id).first()
    if document is None:
        return None
    (line,) = open_documents([document], today=today)
    return DocumentDetail(
        line=line,
        connection_id=document.connection_id,
        provider_id=document.provider_id,
        created_at=document.created_at,
        updated_at=document.updated_at,
        gone_at=document.deleted_at,
    )
