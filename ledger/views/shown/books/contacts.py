"""Customers and vendors: the list with what is open of each, and one of them with the history between them and us."""

from dataclasses import dataclass

from django.http import QueryDict

from ledger.books_kinds import ContactKind, DocumentKind
from ledger.money import format_minor
from ledger.reports.books.ageing import BUCKETS, Aged
from ledger.reports.books.contact import ContactDetail, PaymentLine
from ledger.reports.books.contacts import SIDE_OF, ContactLine, ContactPage
from ledger.reports.books.documents import DocumentLine
from ledger.views.shown.books.ageing import CREDITS, NOTHING, AgeCell, AgedRow, cells_of
from ledger.views.shown.books.documents import AFTER, BEFORE, PLACE, address_with, is_open, name_document, say_late
from ledger.views.shown.books.links import BooksLinks
from ledger.views.shown.books.words import KINDS, TONES, count_documents
from ledger.views.shown.months import name_day
from ledger.views.shown.overview import Card

PLURALS = {ContactKind.CUSTOMER: "Customers", ContactKind.VENDOR: "Vendors"}


@dataclass(frozen=True, slots=True)
class ContactRow:
    """`detail` is the company's name or the address, where they say more than the name does."""

    name: str
    href: str
    detail: str
    state: str
    count: str
    overdue: str
    total: str
    currency: str


@dataclass(frozen=True, slots=True)
class ContactsPage:
    """`currency` is that of the amounts, "" where there are several: each then names its own."""

    rows: tuple[ContactRow, ...]
    count: str
    currency: str
    first: str
    newer: str
    older: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document or a payment; `tone` and `late` are of a document that is to be paid. `number` may be the kind's name."""

    date: str
    kind: str
    number: str
    detail: str
    href: str
    state: str
    tone: str
    late: str
    amount: str
    balance: str
    currency: str


@dataclass(frozen=True, slots=True)
class ContactDetailPage:
    """`ages` are what is open by age, a row for each currency and the last in base where there are several."""

    name: str
    kind: str
    state: str
    facts: tuple[tuple[str, str], ...]
    cards: tuple[Card, ...]
    columns: tuple[str, ...]
    ages: tuple[AgedRow, ...]
    entries: tuple[Entry, ...]
    currency: str
    documents: str
    documents_href: str
    back_href: str
    first: str
    older: str


def show_contacts(page: ContactPage, *, kind: ContactKind, query: QueryDict, links: BooksLinks) -> ContactsPage:
    """A page of the list; `query` is its valid query string."""
    currencies = {one.owed.base_currency for one in page.rows if one.owed}
    word = kind.label.lower() if page.count == 1 else PLURALS[kind].lower()
    return ContactsPage(
        rows=tuple(_row(one, links) for one in page.rows),
        count=f"{page.count:,} {word}",
        currency=currencies.pop() if len(currencies) == 1 else "",
        first=address_with(query, PLACE) if page.previous_cursor else "",
        newer=address_with(query, PLACE | {BEFORE: str(page.previous_cursor)}) if page.previous_cursor else "",
        older=address_with(query, PLACE | {AFTER: str(page.next_cursor)}) if page.next_cursor else "",
    )


def _row(line: ContactLine, links: BooksLinks) -> ContactRow:
    owed = line.owed
    return ContactRow(
        name=line.name,
        href=links.contact(line.id),
        detail=_detail(line),
        state=_state(line),
        count=f"{owed.base.count:,}" if owed else NOTHING,
        overdue=format_minor(owed.base.overdue, owed.base_currency) if owed and owed.base.overdue else NOTHING,
        total=format_minor(owed.base.total, owed.base_currency) if owed else NOTHING,
        currency=owed.base_currency if owed else "",
    )


def _detail(line: ContactLine) -> str:
    said = [one for one in (line.company, line.email) if one and one != line.name]
    return ", ".join(said)


def _state(line: ContactLine) -> str:
    return "No longer in the books" if line.is_gone else "" if line.is_active else "Inactive"


def show_contact(detail: ContactDetail, *, links: BooksLinks, query: QueryDict) -> ContactDetailPage:
    """One contact; `query` is the page's own."""
    line = detail.contact
    kind = KINDS[SIDE_OF[line.kind]]
    currencies = {one.currency for one in detail.history}
    has_credits = bool(line.owed and line.owed.base.credits)
    return ContactDetailPage(
        name=line.name,
        kind=line.kind.label,
        state=_state(line),
        facts=_facts(line),
        cards=_cards(line, kind, links),
        columns=(*BUCKETS, *((CREDITS,) if has_credits else ()), "Total"),
        ages=_ages(line, has_credits),
        entries=tuple(_entry(one, links) for one in detail.history),
        currency=currencies.pop() if len(currencies) == 1 else "",
        documents=f"All {kind.label.lower()}s",
        documents_href=links.list_of(kind, contact=str(line.id)),
        back_href=links.contacts_of(line.kind),
        first=address_with(query, PLACE) if query.get(AFTER) else "",
        older=address_with(query, PLACE | {AFTER: str(detail.next_cursor)}) if detail.next_cursor else "",
    )


def _facts(line: ContactLine) -> tuple[tuple[str, str], ...]:
    terms = "" if line.payment_terms_days is None else f"{line.payment_terms_days} days"
    facts = [
        ("Company", line.company if line.company != line.name else ""),
        ("E-mail", line.email),
        ("Currency", line.currency),
        ("Payment terms", terms),
    ]
    return tuple((name, words) for name, words in facts if words)


def _cards(line: ContactLine, kind: DocumentKind, links: BooksLinks) -> tuple[Card, ...]:
    if line.owed is None:
        return ()
    aged, currency = line.owed.base, line.owed.base_currency
    counted = [count_documents(aged.count, kind)]
    if aged.credits:
        counted.append(f"{format_minor(aged.credits, currency)} of it unused credits")
    mine = str(line.id)
    overdue_href = links.list_of(kind, contact=mine, status="overdue") if aged.overdue else ""
    return (
        Card(
            "Open", format_minor(aged.total, currency), currency, tuple(counted), "", links.list_of(kind, contact=mine)
        ),
        Card("Overdue", format_minor(aged.overdue, currency), currency, (), "", overdue_href),
    )


def _ages(line: ContactLine, has_credits: bool) -> tuple[AgedRow, ...]:
    if line.owed is None:
        return ()
    base, own = line.owed.base_currency, line.owed.currencies
    rows = [_aged_row(one.currency, one.aged, one.currency, has_credits) for one in own]
    if [one.currency for one in own] != [base]:
        rows.append(_aged_row(f"All, in {base}", line.owed.base, base, has_credits))
    return tuple(rows)


def _aged_row(name: str, aged: Aged, currency: str, has_credits: bool) -> AgedRow:
    cells: tuple[AgeCell, ...] = cells_of(aged, currency, has_credits=has_credits)
    return AgedRow(name, "", cells)


def _entry(line: DocumentLine | PaymentLine, links: BooksLinks) -> Entry:
    if isinstance(line, PaymentLine):
        number, detail = line.number or "", ", ".join(one for one in (line.mode, line.reference) if one)
        amount = format_minor(-line.minor, line.currency)
        return Entry(name_day(line.date), "Payment", number, detail, "", "", "", "", amount, NOTHING, line.currency)
    is_credit = line.kind == DocumentKind.CREDIT_NOTE
    total, balance = (-line.total, -line.balance) if is_credit else (line.total, line.balance)
    return Entry(
        date=name_day(line.date),
        kind=line.kind.label,
        number=name_document(line),
        detail=line.reference or "",
        href=links.document(line.id),
        state=line.standing.label,
        tone=TONES.get(line.standing, ""),
        late=say_late(line.days_overdue),
        amount=format_minor(total, line.currency),
        balance=format_minor(balance, line.currency) if is_open(line) else NOTHING,
        currency=line.currency,
    )
