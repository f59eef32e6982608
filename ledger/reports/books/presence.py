"""Whether a company's books are here at all: pages and cards that need them ask first."""

from ledger.models import BooksOrganization


def has_books() -> bool:
    """Whether the workspace in scope has ever been told of an organisation's books; in one query that opens nothing."""
    return BooksOrganization.objects.exists()
