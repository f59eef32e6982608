"""Addresses of the books' pages for one workspace."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from config.places import address_of
from ledger.books_kinds import ContactKind, DocumentKind
from ledger.reports.books.ageing import Side

ROUTES = {
    DocumentKind.INVOICE: "ledger:invoices",
    DocumentKind.BILL: "ledger:bills",
    DocumentKind.CREDIT_NOTE: "ledger:credit_notes",
    DocumentKind.EXPENSE: "ledger:expenses",
}
AGEINGS = {Side.RECEIVABLE: "ledger:receivables", Side.PAYABLE: "ledger:payables"}


@dataclass(frozen=True, slots=True)
class BooksLinks:
    """What the person may not open has no address: every method then gives an empty one."""

    slug: str
    ages: bool
    documents: bool

    def ageing(self, side: Side) -> str:
        return address_of(AGEINGS[side], self.slug) if self.ages else ""

    def list_of(self, kind: DocumentKind, **query: str) -> str:
        """The list of a kind, narrowed by a query."""
        if not self.documents:
            return ""
        address = address_of(ROUTES[kind], self.slug)
        return f"{address}?{urlencode(query)}" if query else address

    def document(self, document_id: UUID) -> str:
        if not self.documents:
            return ""
        return reverse("ledger:document", kwargs={"slug": self.slug, "document_id": document_id})

    @property
    def contacts(self) -> str:
        return address_of("ledger:contacts", self.slug) if self.documents else ""

    def contacts_of(self, kind: ContactKind) -> str:
        """The customers, or the vendors."""
        return f"{self.contacts}?kind={kind.value}" if self.contacts and kind == ContactKind.VENDOR else self.contacts

    def contact(self, contact_id: UUID | None) -> str:
        """One contact's page; empty for no contact."""
        return f"{self.contacts}{contact_id}/" if contact_id and self.documents else ""
