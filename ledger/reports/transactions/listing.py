"""A page of transactions, by keyset in SQL where only readable columns decide, else from the sheets."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from ledger.kinds import Status
from ledger.models import Transaction
from ledger.reports.freshness import freshness_of
from ledger.reports.transactions.collecting import collect_matches, totals_of
from ledger.reports.transactions.counting import count_readable, version_of
from ledger.reports.transactions.filters import Order, Show, TransactionFilter
from ledger.reports.transactions.names import Names, open_rows, read_names
from ledger.reports.transactions.ordering import page_of
from ledger.reports.transactions.pages import Totals, TransactionPage
from ledger.sheets.heads import Head

PAGE = 50


def list_transactions(wanted: TransactionFilter, *, cursor: UUID | None = None) -> TransactionPage:
    """The page of matching rows after the row `cursor`, with the totals of all matches.

    The cursor is the last row's id of the page before; one that is unknown is the beginning. Following `next_cursor`
    visits each matching row exactly once, also when others come or go meanwhile.
    """
    names = read_names()
    if wanted.needs_sheets:
        return _from_sheets(wanted, names, cursor)
    with _in_index_order(wanted):
        rows = list(_keyset(wanted, cursor)[: PAGE + 1])
    heads, totals = count_readable(wanted, names)
    return _page(rows, names, heads, totals, sum(one.count for one in totals))


def _from_sheets(wanted: TransactionFilter, names: Names, cursor: UUID | None) -> TransactionPage:
    matches = collect_matches(wanted, names, cursor)
    ids = page_of(matches, wanted.order, PAGE + 1)
    found = Transaction.objects.in_bulk(ids)
    rows = [found[one] for one in ids if one in found]
    # Removed rows are in no sum.
    totals = () if wanted.show == Show.REMOVED else totals_of(matches.rows)
    return _page(rows, names, matches.heads, totals, len(matches.rows))


def _page(
    rows: Sequence[Transaction], names: Names, heads: Iterable[Head], totals: tuple[Totals, ...], count: int
) -> TransactionPage:
    shown, known = rows[:PAGE], list(heads)
    return TransactionPage(
        rows=open_rows(shown, names),
        next_cursor=shown[-1].id if len(rows) > PAGE else None,
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


def _keyset(wanted: TransactionFilter, cursor: UUID | None) -> QuerySet[Transaction]:
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
    newest_first = wanted.order == Order.NEWEST
    at = Transaction.objects.filter(id=cursor).values_list("date", flat=True).first() if cursor else None
    if at and newest_first:
        rows = rows.filter(date__lte=at).exclude(date=at, id__gte=cursor)
    elif at:
        rows = rows.filter(date__gte=at).exclude(date=at, id__lte=cursor)
    return rows.order_by("-date", "-id") if newest_first else rows.order_by("date", "id")
