"""A page of transactions, by keyset in SQL where only readable columns decide, else from the sheets."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from ledger.kinds import Status
from ledger.models import Transaction
from ledger.reports.freshness import freshness_of
from ledger.reports.transactions.collecting import Matches, collect_matches
from ledger.reports.transactions.counting import count_readable, version_of
from ledger.reports.transactions.filters import Order, Show, TransactionFilter
from ledger.reports.transactions.names import Names, open_rows, read_names
from ledger.reports.transactions.ordering import page_of, thinning
from ledger.reports.transactions.pages import Totals, TransactionPage
from ledger.sheets.heads import Head

PAGE = 50


@dataclass(frozen=True, slots=True)
class _Window:
    """The rows of a page in order, and whether others come before and after them."""

    rows: Sequence[Transaction]
    has_newer: bool
    has_older: bool


def list_transactions(
    wanted: TransactionFilter,
    *,
    cursor: UUID | None = None,
    before: UUID | None = None,
    names: Names | None = None,
) -> TransactionPage:
    """The page of matching rows after the row `cursor`, or of those that come just before the row `before`, with the
    totals of all matches. `names` are the workspace's, where they were read already.

    A cursor is a row's id; one that is unknown is the beginning, and so is a page back that would not be full.
    Following `next_cursor` visits each matching row exactly once, also when others come or go meanwhile.
    """
    names = names or read_names()
    if wanted.needs_sheets:
        return _from_sheets(wanted, names, cursor, before)
    with _in_index_order(wanted):
        window = _window_before(wanted, before) or _window_after(wanted, cursor)
    heads, totals = count_readable(wanted, names)
    return _page(window, names, heads, totals, sum(one.count for one in totals))


def _window_after(wanted: TransactionFilter, cursor: UUID | None) -> _Window:
    day = _day_of(cursor)
    rows = list(_keyset(wanted, cursor, day)[: PAGE + 1])
    if day and not rows:
        return _window_after(wanted, None)
    return _Window(rows[:PAGE], day is not None, len(rows) > PAGE)


def _window_before(wanted: TransactionFilter, before: UUID | None) -> _Window | None:
    """None for a page that would not be full, which is better shown from the beginning."""
    if (day := _day_of(before)) is None:
        return None
    rows = list(_keyset(wanted, before, day, backwards=True)[: PAGE + 1])
    return _Window(rows[PAGE - 1 :: -1], True, True) if len(rows) > PAGE else None


def _day_of(row: UUID | None) -> date | None:
    return Transaction.objects.filter(id=row).values_list("date", flat=True).first() if row else None


def _from_sheets(wanted: TransactionFilter, names: Names, cursor: UUID | None, before: UUID | None) -> TransactionPage:
    at = before or cursor
    # Where a row says what comes before, every match has to be held against it.
    matches = collect_matches(wanted, names, at, thin=None if at else thinning(wanted.order, PAGE + 1))
    ids, has_newer, has_older = _ids_of_page(matches, wanted.order, is_back=before is not None)
    found = Transaction.objects.in_bulk(ids)
    window = _Window([found[one] for one in ids if one in found], has_newer, has_older)
    # Removed rows are in no sum.
    totals = () if wanted.show == Show.REMOVED else matches.totals
    return _page(window, names, matches.heads, totals, matches.count)


def _ids_of_page(matches: Matches, order: Order, *, is_back: bool) -> tuple[list[UUID], bool, bool]:
    """The ids in order, and whether others come before and after them."""
    if matches.cursor is not None:
        ids = page_of(matches, order, PAGE + 1, backwards=is_back)
        if is_back and len(ids) > PAGE:
            return ids[PAGE - 1 :: -1], True, True
        if ids and not is_back:
            return ids[:PAGE], True, len(ids) > PAGE
    ids = page_of(replace(matches, cursor=None), order, PAGE + 1)
    return ids[:PAGE], False, len(ids) > PAGE


def _page(
    window: _Window, names: Names, heads: Iterable[Head], totals: tuple[Totals, ...], count: int
) -> TransactionPage:
    rows, known = window.rows, list(heads)
    return TransactionPage(
        rows=open_rows(rows, names),
        next_cursor=rows[-1].id if rows and window.has_older else None,
        previous_cursor=rows[0].id if rows and window.has_newer else None,
        count=count,
        totals=totals,
        sheet_version=version_of(known),
        freshness=freshness_of(known),
    )


@contextmanager
def _in_index_order(wanted: TransactionFilter) -> Iterator[None]:
    """Have the index on date walked, not a workspace's rows sorted.

    How many rows the workspace has the planner can only guess, since row-level security names it by a setting: it
    guesses an average one, or a single row before there are statistics, and would then sort all of a large one's.
    """
    if wanted.accounts or wanted.categories or wanted.uncategorised:
        yield
        return
    with connection.cursor() as settings:
        settings.execute("SET LOCAL enable_sort = off")
        yield
        settings.execute("SET LOCAL enable_sort = on")


def _keyset(
    wanted: TransactionFilter, cursor: UUID | None, day: date | None, *, backwards: bool = False
) -> QuerySet[Transaction]:
    """The matching rows after the row `cursor` of that day; `backwards` those before it, the nearest first."""
    rows = Transaction.objects.filter(deleted_at=None)
    if wanted.first:
        rows = rows.filter(date__gte=wanted.first)
    if wanted.last:
        rows = rows.filter(date__lte=wanted.last)
    if wanted.accounts:
        rows = rows.filter(account_id__in=wanted.accounts)
    if wanted.currencies:
        rows = rows.filter(currency__in=wanted.currencies)
    if wanted.categories or wanted.uncategorised:
        chosen = Q(category_id__in=wanted.categories)
        rows = rows.filter(chosen | Q(category_id=None) if wanted.uncategorised else chosen)
    if wanted.show != Show.ALL:
        rows = rows.filter(status=Status.PENDING if wanted.show == Show.PENDING else Status.POSTED)
    newest_first = (wanted.order == Order.NEWEST) != backwards
    if day and newest_first:
        rows = rows.filter(date__lte=day).exclude(date=day, id__gte=cursor)
    elif day:
        rows = rows.filter(date__gte=day).exclude(date=day, id__lte=cursor)
    return rows.order_by("-date", "-id") if newest_first else rows.order_by("date", "id")
