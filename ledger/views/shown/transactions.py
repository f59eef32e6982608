"""The transactions page: rows, the strip above them, chips for what narrows them, and sortable columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.http import QueryDict

from ledger.actions.bulk import MOST
from ledger.money import format_minor
from ledger.reports.transactions.filters import Order, Show, TransactionFilter
from ledger.reports.transactions.listing import SIZES
from ledger.reports.transactions.pages import Totals, TransactionPage, TransactionRow
from ledger.views.shown.months import name_day

NARROWING = ("q", "account", "category", "counterparty", "from", "to", "min", "max", "status", "direction", "currency")
AFTER, BEFORE = "after", "before"
PLACE = {AFTER: None, BEFORE: None}
GONE = {"account": "a closed account", "category": "an old category", "counterparty": "a counterparty"}


class ShownRow(msgspec.Struct, frozen=True):
    """One row, a msgspec.Struct because a page makes many. `tone` is in for money in; `state` is Pending, Removed or empty;
    `only` narrows to its counterparty. `address` is that of its own page, below which its pieces have theirs.
    """

    id: UUID
    address: str
    date: str
    description: str
    counterparty: str
    only: str
    account: str
    account_end: str
    category_id: UUID | None
    category: str
    amount: str
    currency: str
    tone: str
    state: str
    is_removed: bool
    has_note: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """Count, in, out and net of all matching rows in one currency."""

    currency: str
    count: str
    money_in: str
    money_out: str
    net: str


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that narrows the list; `without` is the address of the list without it."""

    label: str
    without: str
    is_amount: bool


@dataclass(frozen=True, slots=True)
class SortLink:
    """A column's heading: where a click leads and how the column is sorted now (ascending, descending or empty)."""

    href: str
    sorted: str


@dataclass(frozen=True, slots=True)
class TransactionsPage:
    """`query` is the page's own state, for forms that come back to it; `sheet_version` names the sheets it was read from.

    `everything` says how many rows a change of all that match concerns, "" where that is not offered: nothing narrows the
    list, all of it is on this page, or (`is_too_much`) it is more than is changed at once. `other_size` is the address of
    the list in pages of another length, empty where all of it is on the shorter.
    """

    rows: tuple[ShownRow, ...]
    strips: tuple[Strip, ...]
    chips: tuple[Chip, ...]
    count: str
    currency: str
    by_date: SortLink
    by_counterparty: SortLink
    by_amount: SortLink
    first: str
    newer: str
    newer_label: str
    older: str
    older_label: str
    other_size: str
    other_size_label: str
    query: str
    sheet_version: str
    everything: str
    is_too_much: bool
    asks_uncategorised: bool


def show_transactions(
    page: TransactionPage,
    *,
    query: QueryDict,
    names: Mapping[str, str],
    wanted: TransactionFilter,
    place: str,
    size: int = SIZES[0],
) -> TransactionsPage:
    """`query` is the page's valid query string, which asks for `wanted`; `names` are those of the ids in it; `place` is
    the page's address and `size` how many rows it may have."""
    chips = show_chips(query, names)
    currencies = {totals.currency for totals in page.totals}
    is_more = bool(chips) and page.count > len(page.rows) and wanted.show != Show.REMOVED
    order = wanted.order
    narrowing = _address(query, PLACE | {"counterparty": None})
    (other,) = [one for one in SIZES if one != size]
    return TransactionsPage(
        rows=tuple(show_row(row, place, narrowing) for row in page.rows),
        strips=tuple(_strip(totals) for totals in page.totals),
        chips=chips,
        count=f"{page.count:,} {'transaction' if page.count == 1 else 'transactions'}",
        currency=currencies.pop() if len(currencies) == 1 else "",
        by_date=_sort(query, order, descending=Order.NEWEST, ascending=Order.OLDEST),
        by_counterparty=_sort(query, order, descending=None, ascending=Order.COUNTERPARTY),
        by_amount=_sort(query, order, descending=Order.LARGEST, ascending=Order.SMALLEST),
        first=_address(query, PLACE) if page.previous_cursor else "",
        newer=_address(query, PLACE | {BEFORE: str(page.previous_cursor)}) if page.previous_cursor else "",
        newer_label=f"← Previous {size}",
        older=_address(query, PLACE | {AFTER: str(page.next_cursor)}) if page.next_cursor else "",
        older_label=f"Next {size} →",
        other_size=_address(query, PLACE | {"rows": str(other)}) if page.count > SIZES[0] else "",
        other_size_label=f"{other} a page",
        query=query.urlencode(),
        sheet_version=page.sheet_version,
        everything=f"{page.count:,}" if is_more and page.count <= MOST else "",
        is_too_much=is_more and page.count > MOST,
        asks_uncategorised=query.getlist("category") == ["none"] and len(chips) == 1,
    )


def show_row(row: TransactionRow, place: str, narrowing: str = "") -> ShownRow:
    """A row by itself, or in a list that is narrowed by adding to the query string `narrowing`; `place` is the list's
    address."""
    return ShownRow(
        id=row.id,
        address=f"{place}{row.id}/",
        date=name_day(row.date),
        description=row.description,
        counterparty=row.counterparty or "",
        only=f"{narrowing}&counterparty={row.counterparty_id}" if narrowing and row.counterparty_id else "",
        account=row.account_name,
        account_end=f"····{row.account_mask}" if row.account_mask else "",
        category_id=row.category_id,
        category=row.category_name or "",
        amount=format_minor(row.minor, row.currency),
        currency=row.currency,
        tone="in" if row.minor > 0 else "",
        state="Removed" if row.is_removed else "Pending" if row.is_pending else "",
        is_removed=row.is_removed,
        has_note=row.has_note,
    )


def show_chips(query: QueryDict, names: Mapping[str, str]) -> tuple[Chip, ...]:
    """A chip for each value in the query that narrows the list, in the order of the form's fields."""
    return tuple(
        Chip(_words(field, value, names), _address(query, PLACE, drop=(field, value)), field in ("min", "max"))
        for field in NARROWING
        for value in query.getlist(field)
        if value
    )


def _words(field: str, value: str, names: Mapping[str, str]) -> str:
    if field in ("from", "to"):
        return f"{field} {name_day(date.fromisoformat(value))}"
    if field in GONE:
        return names.get(value, GONE[field])
    templates = {"q": "“{}”", "min": "at least {}", "max": "at most {}"}
    return templates.get(field, "{}").format(names.get(value, value))


def _strip(totals: Totals) -> Strip:
    amounts = (totals.money_in, totals.money_out, totals.net)
    money_in, money_out, net = (format_minor(minor, totals.currency) for minor in amounts)
    return Strip(totals.currency, f"{totals.count:,}", money_in, money_out, net)


def _sort(query: QueryDict, order: Order, *, descending: Order | None, ascending: Order) -> SortLink:
    target = descending if descending and order != descending else ascending
    now = {descending: "descending", ascending: "ascending"}.get(order, "")
    return SortLink(_address(query, PLACE | {"order": target.value}), now)


def _address(query: QueryDict, changes: Mapping[str, str | None], drop: tuple[str, str] = ("", "")) -> str:
    """The query string with some fields replaced (None: left out) and one value of one field dropped."""
    changed = dict(query.lists())
    for name, value in changes.items():
        changed[name] = [value] if value else []
    name, value = drop
    changed[name] = [one for one in changed.get(name, ()) if one != value]
    return f"?{urlencode(changed, doseq=True)}"


def names_of(*lists: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The words of choices by their value, from several lists of choices."""
    return {value: words for choices in lists for value, words in choices if value}
