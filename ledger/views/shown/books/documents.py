"""Lists of documents: tabs with count and sum, rows, the strip above them, chips and sortable columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from ledger.books_kinds import DocumentKind, DocumentStatus
from ledger.money import format_minor
from ledger.reports.books.documents import DocumentLine, DocumentPage
from ledger.reports.books.filters import DocumentFilter, DocumentOrder
from ledger.reports.books.standings import FALL_DUE, NEVER_OWED
from ledger.reports.books.sums import DocumentSum, WithoutRate
from ledger.reports.books.tabs import DocumentTab, DocumentTabs
from ledger.views.shown.books.links import BooksLinks
from ledger.views.shown.books.words import PLURALS, TONES, count_documents
from ledger.views.shown.months import name_day

NARROWING = ("q", "contact", "from", "to", "currency")
AFTER, BEFORE = "after", "before"
PLACE = {AFTER: None, BEFORE: None}
STILL_TO_PAY = (DocumentStatus.OPEN, DocumentStatus.OVERDUE, DocumentStatus.PARTLY_PAID)
NOTHING = "–"
UNSORTED = (None, "")


@dataclass(frozen=True, slots=True)
class Tab:
    """A status: how many documents and what they sum to, "" where the list is narrowed by more than the status."""

    label: str
    href: str
    is_current: bool
    count: str
    sums: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """`state` is how it stands in words, `late` for how long it has been due (or ""). `what` names it."""

    href: str
    what: str
    reference: str
    contact: str
    contact_href: str
    date: str
    due: str
    state: str
    tone: str
    late: str
    total: str
    balance: str
    currency: str


@dataclass(frozen=True, slots=True)
class Strip:
    """What matches, in one currency, or all of it in base (`is_base`)."""

    currency: str
    count: str
    total: str
    balance: str
    is_base: bool


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    without: str


@dataclass(frozen=True, slots=True)
class SortLink:
    href: str
    sorted: str


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    """`currency` is that of all that match, "" for several: each amount then names its own."""

    kind: DocumentKind
    rows: tuple[DocumentRow, ...]
    strips: tuple[Strip, ...]
    chips: tuple[Chip, ...]
    count: str
    currency: str
    falls_due: bool
    by_date: SortLink
    by_due: SortLink
    by_total: SortLink
    by_balance: SortLink
    first: str
    newer: str
    older: str


def show_tabs(tabs: DocumentTabs, *, query: QueryDict) -> tuple[Tab, ...]:
    """A tab for all and for each status that occurs. They keep what else narrows the list, and then show no sums: those
    are of every document."""
    chosen = query.get("status", "")
    shown = [tabs.all, *tabs.tabs]
    if chosen in DocumentStatus.values and chosen not in {one.status for one in shown}:
        shown.append(DocumentTab(DocumentStatus(chosen), 0, (), ()))
    return tuple(_tab(one, query, chosen) for one in shown)


def is_narrowed(query: QueryDict) -> bool:
    """Whether more than a status narrows the list."""
    return any(value for name in NARROWING for value in query.getlist(name))


def say_without_rate(several: Sequence[WithoutRate], kind: DocumentKind) -> tuple[str, ...]:
    """A sentence for each currency that books are kept in: what has no rate to it, and what to do."""
    said = []
    for base in dict.fromkeys(one.base for one in several):
        here = [one for one in several if one.base == base]
        count = sum(one.count for one in here)
        own = here[0].currency if len(here) == 1 else ", ".join(f"{one.count:,} in {one.currency}" for one in here)
        what = (
            f"{count_documents(count, kind)} in {own}" if len(here) == 1 else f"{count_documents(count, kind)} ({own})"
        )
        have, are = ("has", "it is") if count == 1 else ("have", "they are")
        said.append(
            f"{what} {have} no rate to {base}: {are} in no sum in {base}. "
            f"Enter the rate in Zoho Books; the next sync reads it."
        )
    return tuple(said)


def _tab(tab: DocumentTab, query: QueryDict, chosen: str) -> Tab:
    has_figures = not is_narrowed(query)
    return Tab(
        label=tab.status.label if tab.status else "All",
        href=address_with(query, PLACE | {"status": tab.status.value if tab.status else None}),
        is_current=chosen == (tab.status or ""),
        count=f"{tab.count:,}" if has_figures else "",
        sums=tuple(_sum(one, tab.status) for one in tab.bases) if has_figures else (),
    )


def _sum(one: DocumentSum, status: DocumentStatus | None) -> str:
    if status in STILL_TO_PAY:
        return f"{format_minor(one.balance, one.currency)} {one.currency} open"
    return f"{format_minor(one.total, one.currency)} {one.currency}"


def show_documents(
    page: DocumentPage,
    *,
    kind: DocumentKind,
    query: QueryDict,
    wanted: DocumentFilter,
    links: BooksLinks,
    names: Mapping[str, str],
) -> DocumentsPage:
    """`query` is the page's valid query string, which asks for `wanted`; `names` are the contacts' in it by id."""
    currencies = {one.currency for one in page.currencies}
    order = wanted.order
    return DocumentsPage(
        kind=kind,
        rows=tuple(show_document_row(one, links) for one in page.rows),
        strips=tuple(_strips(page)),
        chips=_chips(query, names),
        count=count_documents(page.count, kind),
        currency=currencies.pop() if len(currencies) == 1 else "",
        falls_due=kind in FALL_DUE,
        by_date=_sort(query, order, (DocumentOrder.NEWEST, "descending"), (DocumentOrder.OLDEST, "ascending")),
        by_due=_sort(query, order, (DocumentOrder.DUE, "ascending"), UNSORTED),
        by_total=_sort(query, order, (DocumentOrder.LARGEST, "descending"), UNSORTED),
        by_balance=_sort(query, order, (DocumentOrder.OPEN_FIRST, "descending"), UNSORTED),
        first=address_with(query, PLACE) if page.previous_cursor else "",
        newer=address_with(query, PLACE | {BEFORE: str(page.previous_cursor)}) if page.previous_cursor else "",
        older=address_with(query, PLACE | {AFTER: str(page.next_cursor)}) if page.next_cursor else "",
    )


def show_document_row(line: DocumentLine, links: BooksLinks) -> DocumentRow:
    """A document in a list. Where nothing is open stands a dash."""
    return DocumentRow(
        href=links.document(line.id),
        what=name_document(line),
        reference=line.reference or "",
        contact=line.contact_name or "",
        contact_href=links.contact(line.contact_id),
        date=name_day(line.date),
        due=name_day(line.due_date) if line.due_date else "",
        state="No longer in the books" if line.is_gone else line.standing.label,
        tone="" if line.is_gone else TONES.get(line.standing, ""),
        late=say_late(line.days_overdue),
        total=format_minor(line.total, line.currency),
        balance=format_minor(line.balance, line.currency) if is_open(line) else NOTHING,
        currency=line.currency,
    )


def is_open(line: DocumentLine) -> bool:
    """Whether anything is still to be paid, or of a credit note to be used. Of a draft nothing is yet."""
    return bool(line.balance) and line.standing not in NEVER_OWED and line.kind != DocumentKind.EXPENSE


def name_document(line: DocumentLine) -> str:
    """By its number, or where it has none by what it is."""
    return line.number or line.kind.label


def say_late(days: int) -> str:
    """How long something has been due: 1 day, 45 days; empty for what is not."""
    return "" if not days else "1 day" if days == 1 else f"{days:,} days"


def _strips(page: DocumentPage) -> Sequence[Strip]:
    own = [_strip(one, is_base=False) for one in page.currencies]
    is_mixed = [one.currency for one in page.currencies] != [one.currency for one in page.bases]
    return [*own, *(_strip(one, is_base=True) for one in page.bases)] if is_mixed else own


def _strip(one: DocumentSum, *, is_base: bool) -> Strip:
    total, balance = format_minor(one.total, one.currency), format_minor(one.balance, one.currency)
    return Strip(one.currency, f"{one.count:,}", total, balance, is_base)


def _chips(query: QueryDict, names: Mapping[str, str]) -> tuple[Chip, ...]:
    return tuple(
        Chip(_words(field, value, names), address_with(query, PLACE, drop=(field, value)))
        for field in NARROWING
        for value in query.getlist(field)
        if value
    )


def _words(field: str, value: str, names: Mapping[str, str]) -> str:
    if field in ("from", "to"):
        return f"{field} {name_day(date.fromisoformat(value))}"
    return {"q": f"“{value}”", "contact": names.get(value, "another contact")}.get(field, value)


def _sort(query: QueryDict, order: DocumentOrder, *ways: tuple[DocumentOrder | None, str]) -> SortLink:
    """A column's orders in turn, each with its direction: a click leads to the next one, and None is the newest first."""
    orders = [way for way, _ in ways]
    target = orders[(orders.index(order) + 1) % len(orders)] if order in orders else orders[0]
    return SortLink(address_with(query, PLACE | {"order": target.value if target else None}), dict(ways).get(order, ""))


def address_with(query: QueryDict, changes: Mapping[str, str | None], drop: tuple[str, str] = ("", "")) -> str:
    """The query string with some fields replaced (None: left out) and one value of one field dropped."""
    changed = query.copy()
    for name, value in changes.items():
        changed.setlist(name, [value] if value else [])
    name, value = drop
    changed.setlist(name, [one for one in changed.getlist(name) if one != value])
    return f"?{changed.urlencode()}"


def title_of(kind: DocumentKind) -> str:
    """The heading of a kind's list."""
    return PLURALS[kind].capitalize()
