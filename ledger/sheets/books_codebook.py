"""What turns the ids of the books' rows into a sheet's codes: accounts, contacts, and each organisation's currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from ledger.models import BooksAccount, BooksOrganization, Contact


@dataclass(frozen=True, slots=True)
class BooksCodebook:
    """`currencies` are the organisations' base currencies by connection. None of it ever changes for an id."""

    currencies: Mapping[UUID, str]
    accounts: Mapping[UUID, int]
    contacts: Mapping[UUID, int]

    def contact_code(self, contact_id: UUID | None) -> int:
        """0 for none."""
        return self.contacts[contact_id] if contact_id else 0


def load_books_codebook() -> BooksCodebook:
    """The codebook of the workspace in scope."""
    return BooksCodebook(
        currencies=base_currencies(),
        accounts=dict(BooksAccount.objects.values_list("id", "code")),
        contacts=dict(Contact.objects.values_list("id", "code")),
    )


def base_currencies() -> dict[UUID, str]:
    """The currency that each connection's organisation keeps its books in."""
    return dict(BooksOrganization.objects.values_list("connection_id", "base_currency"))
