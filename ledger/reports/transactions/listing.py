"""A page of transactions, by keyset in SQL where only readable columns decide, else from the sheets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from ledger.reports.freshness import freshness_of
from ledger.reports.transactions.collecting import Matches, collect_matches
from ledger.reports.transactions.counting import count_readable, version_of
from ledger.reports.transactions.filters import Show, TransactionFilter
from ledger.reports.transactions.names import Names, open_rows, read_names
from ledger.reports.transactions.ordering import Sorting, sorting_of
from ledger.reports.transactions.pages import Totals, TransactionPage
from ledger.reports.transactions.rows import StoredRow, day_of, read_next, read_rows
from ledger.sheets.heads import Head

SIZES = (50, 100)
PAGE = SIZES[0]


@dataclass(frozen=True, slots=True)
class _Window:
    """The rows of a page in order, and whether others come before and after them."""

    rows: Sequence[StoredRow]
    has_newer: bool
    has_older: bool


def list_transactions(
    wanted: TransactionFilter,
    *,
    cursor: UUID | None = None,
    before: UUID | None = None,
    names: Names | None = None,
    size: int = PAGE,
) -> TransactionPage:
    """The page of matching rows after the row `cursor`, or of those that come just before the row `before`, with the
    totals of all matches. `names` are the workspace's, where they were read already; `size` is how many rows a page has.

    A cursor is a row's id; one that is unknown is the beginning, and so is a page back that would not be full.
    Following `next_cursor` visits each matching row exactly once, also when others come or go meanwhile.
    """
    names = names or read_names()
    if wanted.needs_sheets:
        return _from_sheets(wanted, names, cursor, before, size)
    window = _window_before(wanted, before, size) or _window_after(wanted, cursor, size)
    heads, totals = count_readable(wanted, names)
    return _page(window, names, heads, totals, sum(one.count for one in totals))


def _window_after(wanted: TransactionFilter, cursor: UUID | None, size: int) -> _Window:
    day = day_of(cursor)
    rows = read_next(wanted, cursor, day, size + 1)
    if day and not rows:
        return _window_after(wanted, None, size)
    return _Window(rows[:size], day is not None, len(rows) > size)


def _window_before(wanted: TransactionFilter, before: UUID | None, size: int) -> _Window | None:
    """None for a page that would not be full, which is better shown from the beginning."""
    if (day := day_of(before)) is None:
        return None
    rows = read_next(wanted, before, day, size + 1, backwards=True)
    return _Window(rows[size - 1 :: -1], True, True) if len(rows) > size else None


def _from_sheets(
    wanted: TransactionFilter, names: Names, cursor: UUID | None, before: UUID | None, size: int
) -> TransactionPage:
    at, sorting = before or cursor, sorting_of(wanted.order)
    # Where a row says what comes before, every match has to be held against it.
    matches = collect_matches(wanted, names, at, thinning=None if at else lambda: sorting.thinning(size + 1))
    ids, has_newer, has_older = _ids_of_page(matches, sorting, size, is_back=before is not None)
    window = _Window(read_rows(ids), has_newer, has_older)
    # Removed rows are in no sum.
    totals = () if wanted.show == Show.REMOVED else matches.totals
    return _page(window, names, matches.heads, totals, matches.count)


def _ids_of_page(matches: Matches, sorting: Sorting, size: int, *, is_back: bool) -> tuple[list[UUID], bool, bool]:
    """The ids in order, and whether others come before and after them."""
    if matches.cursor is not None:
        ids = replace(sorting, backwards=is_back).page_of(matches, size + 1)
        if is_back and len(ids) > size:
            return ids[size - 1 :: -1], True, True
        if ids and not is_back:
            return ids[:size], True, len(ids) > size
    ids = sorting.page_of(replace(matches, cursor=None), size + 1)
    return ids[:size], False, len(ids) > size


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
