"""What the pages of the books start from."""

from accounts.access import WorkspaceRequest
from accounts.permissions import Permission
from ledger.books_kinds import DocumentKind
from ledger.views.period import Choice
from ledger.views.shown.books.documents import title_of
from ledger.views.shown.books.links import BooksLinks

PAIRS = ((DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE), (DocumentKind.BILL, DocumentKind.EXPENSE))


def books_links_of(request: WorkspaceRequest) -> BooksLinks:
    """The books' pages that this person may open."""
    may = request.membership.may
    return BooksLinks(
        request.workspace.slug,
        ages=may(Permission.VIEW_AGEING),
        documents=may(Permission.VIEW_DOCUMENTS),
    )


def kinds_beside(kind: DocumentKind) -> tuple[DocumentKind, ...]:
    """The kinds that are kept together with this one: sales, or purchases."""
    return next(pair for pair in PAIRS if kind in pair)


def kind_choices(kind: DocumentKind, links: BooksLinks) -> tuple[Choice, ...]:
    """The lists on this list's side, as links."""
    return tuple(Choice(title_of(one), links.list_of(one), one == kind) for one in kinds_beside(kind))
