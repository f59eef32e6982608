"""Documents of a kind counted and added up by how they stand: the tabs above a list."""

from dataclasses import dataclass
from datetime import date

from ledger.books_kinds import DocumentKind, DocumentStatus
from ledger.reports.books.reading import ReadDocuments, read_documents
from ledger.reports.books.standings import is_gone, is_of_kind, standings
from ledger.reports.books.sums import DocumentSum, WithoutRate, count_without_rate, sums_in_base, sums_of
from ledger.reports.freshness import Freshness, freshness_of
from ledger.sheets.documents import STATUS_CODES, Documents
from ledger.sheets.parts import Mask


@dataclass(frozen=True, slots=True)
class DocumentTab:
    """Documents that stand alike, or all of a kind where `status` is None. `currencies` are by the documents' own currency,
    `bases` by the currency their books are kept in; documents without a rate are in no amount of these. By code."""

    status: DocumentStatus | None
    count: int
    currencies: tuple[DocumentSum, ...]
    bases: tuple[DocumentSum, ...]


@dataclass(frozen=True, slots=True)
class DocumentTabs:
    """`all` counts every document that the books have, drafts and void ones too; `tabs` are those of each status that
    occurs, in the order of DocumentStatus. `without_rate` are of all."""

    kind: DocumentKind
    all: DocumentTab
    tabs: tuple[DocumentTab, ...]
    without_rate: tuple[WithoutRate, ...]
    freshness: Freshness


def read_document_tabs(kind: DocumentKind, *, today: date) -> DocumentTabs:
    """Counts and sums of a kind by how its documents stand today, in one query."""
    return document_tabs(kind, read_documents(kind.book), today=today)


def document_tabs(kind: DocumentKind, read: ReadDocuments, *, today: date) -> DocumentTabs:
    """The same of documents that were read already."""
    documents = read.documents
    here, codes = is_of_kind(documents, kind) & ~is_gone(documents), standings(documents, today)
    tabs = [_tab(status, documents, here & (codes == STATUS_CODES[status])) for status in DocumentStatus]
    return DocumentTabs(
        kind=kind,
        all=_tab(None, documents, here),
        tabs=tuple(tab for tab in tabs if tab.count),
        without_rate=count_without_rate(documents, here),
        freshness=freshness_of(read.heads),
    )


def _tab(status: DocumentStatus | None, documents: Documents, chosen: Mask) -> DocumentTab:
    return DocumentTab(
        status=status,
        count=int(chosen.sum()),
        currencies=sums_of(documents, chosen),
        bases=sums_in_base(documents, chosen),
    )
