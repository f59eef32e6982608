"""Customers or vendors with what is open of each, in the order of their names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from ledger.books_kinds import ContactKind
from ledger.reports.books.aged import ContactAged
from ledger.reports.books.ageing import Side
from ledger.reports.books.names import ContactName, read_contacts
from ledger.reports.books.owed import Owed, add_up_owed
from ledger.reports.books.reading import read_documents
from ledger.reports.freshness import Freshness, freshness_of
from ledger.reports.transactions.matching import terms_of

PAGE = 50
SIDE_OF = {ContactKind.CUSTOMER: Side.RECEIVABLE, ContactKind.VENDOR: Side.PAYABLE}


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact, opened. `owed` is what it owes or is owed, None for nothing. `payment_terms_days` is None if untold."""

    id: UUID
    kind: ContactKind
    name: str = field(repr=False)
    company: str | None = field(repr=False)
    email: str | None = field(repr=False)
    currency: str
    payment_terms_days: int | None = field(repr=False)
    is_active: bool
    is_gone: bool
    owed: ContactAged | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class ContactPage:
    """At most 50 contacts, and the cursors of the pages after and before; `count` is of all that match."""

    rows: tuple[ContactLine, ...]
    next_cursor: UUID | None
    previous_cursor: UUID | None
    count: int
    freshness: Freshness


def list_contacts(
    kind: ContactKind, *, today: date, text: str = "", cursor: UUID | None = None, before: UUID | None = None
) -> ContactPage:
    """The contacts of a kind after the one that `cursor` names, or those just before the one that `before` names.

    `text` is words that must all be in name, company or address. Contacts that the books no longer have are left out,
    unless something is still open of them. An unknown cursor is the beginning. In two queries.
    """
    read = read_documents(SIDE_OF[kind].book)
    owed = add_up_owed(read.documents, today)
    bases = dict(zip(owed.contact.tolist(), owed.base_currency.tolist(), strict=True))
    terms = [term.decode() for term in terms_of(text)]
    found = [
        one
        for one in read_contacts(kind=kind).values()
        if (not one.is_gone or one.code in bases) and (not terms or all(term in one.searched for term in terms))
    ]
    found.sort(key=lambda one: (one.name.casefold(), one.id))
    start = _start(found, cursor, before)
    rows = found[start : start + PAGE]
    aged = _aged(owed, bases, {one.code: one for one in rows if one.code in bases})
    return ContactPage(
        rows=tuple(contact_line(one, aged.get(one.code)) for one in rows),
        next_cursor=rows[-1].id if start + PAGE < len(found) else None,
        previous_cursor=rows[0].id if start else None,
        count=len(found),
        freshness=freshness_of(read.heads),
    )


def contact_line(name: ContactName, owed: ContactAged | None) -> ContactLine:
    return ContactLine(
        id=name.id,
        kind=name.kind,
        name=name.name,
        company=name.company,
        email=name.email,
        currency=name.currency,
        payment_terms_days=name.payment_terms_days,
        is_active=name.is_active,
        is_gone=name.is_gone,
        owed=owed,
    )


def _aged(owed: Owed, bases: Mapping[int, int], names: Mapping[int, ContactName]) -> dict[int, ContactAged]:
    """By code, what each of these contacts owes. A contact is of one organisation, and so of one base currency."""
    aged = dict[int, ContactAged]()
    for base in {bases[code] for code in names}:
        codes = [code for code in names if bases[code] == base]
        aged |= dict(zip(codes, owed.of_contacts(codes, base, names), strict=True))
    return aged


def _start(found: list[ContactName], cursor: UUID | None, before: UUID | None) -> int:
    places = {one.id: place for place, one in enumerate(found)}
    if before in places:
        return max(0, places[before] - PAGE)
    return places[cursor] + 1 if cursor in places else 0
