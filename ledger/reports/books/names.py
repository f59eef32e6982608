"""Names of the books, opened once a report: what sheets name by code and rows by id."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from ledger.books_kinds import ContactKind
from ledger.kinds import CategoryKind
from ledger.models import BooksAccount, Contact
from ledger.sealed import open_all
from ledger.sheets.rows import fold
from vault.blobs import fetch_binary

NO_CONTACT = "No contact"
CONTACTS = "SELECT id, code, kind, currency, is_active, deleted_at IS NOT NULL, facts FROM ledger_contact"
ACCOUNTS = """
    SELECT a.id, a.code, a.kind, a.type, a.is_active AND a.deleted_at IS NULL, o.base_currency, a.facts
    FROM ledger_booksaccount a JOIN ledger_booksorganization o ON o.connection_id = a.connection_id
"""


@dataclass(frozen=True, slots=True, repr=False)
class ContactName:
    """A contact, opened. `is_gone`: the books no longer have it."""

    id: UUID
    code: int
    kind: ContactKind
    currency: str
    is_active: bool
    is_gone: bool
    name: str
    company: str | None
    email: str | None
    payment_terms_days: int | None

    @property
    def searched(self) -> str:
        """Name, company and address folded, for words to be found in; no word reaches from one into the next."""
        return fold(f"{self.name} {self.company or ''} {self.email or ''}")


@dataclass(frozen=True, slots=True, repr=False)
class AccountName:
    """An account of the chart of accounts, opened, with the base currency of its organisation."""

    id: UUID
    code: int
    kind: CategoryKind
    type: str
    is_active: bool
    base_currency: str
    name: str
    number: str | None


def read_contacts(codes: Collection[int] | None = None, *, kind: ContactKind | None = None) -> dict[int, ContactName]:
    """Contacts by code: those of `codes`, or all of the workspace, or all of a kind."""
    if codes is not None:
        return _open_contacts(fetch_binary(CONTACTS + " WHERE code = ANY(%s)", [list(codes)])) if codes else {}
    if kind is not None:
        return _open_contacts(fetch_binary(CONTACTS + " WHERE kind = %s", [kind.value]))
    return _open_contacts(fetch_binary(CONTACTS))


def read_contacts_by_id(ids: Collection[UUID]) -> dict[UUID, ContactName]:
    """The contacts of these ids."""
    found = _open_contacts(fetch_binary(CONTACTS + " WHERE id = ANY(%s)", [list(ids)]))
    return {one.id: one for one in found.values()}


def read_books_accounts() -> dict[int, AccountName]:
    """Every account of the workspace's charts of accounts by code, those that are gone too."""
    rows = fetch_binary(ACCOUNTS)
    facts = open_all(BooksAccount, "facts", [(row[0], row[-1]) for row in rows])
    return {
        code: AccountName(row_id, code, CategoryKind(kind), type_name, is_active, base, one.name, one.number)
        for (row_id, code, kind, type_name, is_active, base, _), one in zip(rows, facts, strict=True)
    }


def _open_contacts(rows: list[tuple[UUID, int, str, str, bool, bool, bytes]]) -> dict[int, ContactName]:
    facts = open_all(Contact, "facts", [(row[0], row[-1]) for row in rows])
    return {
        code: ContactName(
            id=row_id,
            code=code,
            kind=ContactKind(kind),
            currency=currency,
            is_active=is_active,
            is_gone=is_gone,
            name=one.name,
            company=one.company,
            email=one.email,
            payment_terms_days=one.payment_terms_days,
        )
        for (row_id, code, kind, currency, is_active, is_gone, _), one in zip(rows, facts, strict=True)
    }
