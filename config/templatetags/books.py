"""Where the rows of the books are kept: the ledger's pages know their ids, integrations know whose they are."""

from uuid import UUID

from django import template

from integrations.reports.books_address import address_in_books

register = template.Library()


@register.simple_tag
def books_address(connection_id: UUID, kind: str, provider_id: str) -> str:
    """{% books_address … as there %}: a document's page in the accounting software, or nothing."""
    return address_in_books(connection_id, kind, provider_id)
