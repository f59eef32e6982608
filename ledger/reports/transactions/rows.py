"""The rows of a page as they are stored: by keyset in SQL where only readable columns decide, or by their ids.

Read past Django's models, whose instances and attributes take longer than a page's rows should.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from ledger.arrays import id_array
from ledger.kinds import Status
from ledger.models import Transaction, TransactionFeed, TransactionOwn
from ledger.reports.transactions.filters import Order, Show, TransactionFilter
from ledger.sealed import open_all
from vault.blobs import execute_binary, fetch_binary

ROWS = """
    SELECT id, date, account_id, category_id, category_by, currency, status, deleted_at IS NOT NULL, feed, own
    FROM ledger_transaction WHERE
"""
DAY_OF = "SELECT date FROM ledger_transaction WHERE id = %s"


class StoredRow(msgspec.Struct, frozen=True):
    """A transaction with its records opened, by the names of the model's attributes. A msgspec.Struct because a page makes
    many: a frozen dataclass takes some microseconds each.
    """

    __repr__ = object.__repr__

    id: UUID
    date: date
    account_id: UUID
    category_id: UUID | None
    category_by: str
    currency: str
    is_pending: bool
    is_removed: bool
    feed: TransactionFeed
    own: TransactionOwn | None


def day_of(row: UUID | None) -> date | None:
    """The date of a row, None for one that there is not."""
    found = fetch_binary(DAY_OF, [row]) if row else []
    return found[0][0] if found else None


def read_rows(ids: Sequence[UUID]) -> list[StoredRow]:
    """The rows of these ids, in the order of the ids; those that there are not, left out."""
    found = {one.id: one for one in _fetch("id = ANY(%s::uuid[])", [id_array(ids)])}
    return [found[one] for one in ids if one in found]


def read_next(
    wanted: TransactionFilter, cursor: UUID | None, day: date | None, size: int, *, backwards: bool = False
) -> list[StoredRow]:
    """The first `size` matching rows after the row `cursor` of that day, from the beginning without a day; `backwards`
    those before it, the nearest first."""
    conditions = list(_conditions(wanted))
    newest_first = (wanted.order == Order.NEWEST) != backwards
    if day:
        before, beyond = ("<=", ">=") if newest_first else (">=", "<=")
        conditions.append((f"date {before} %s AND NOT (date = %s AND id {beyond} %s)", [day, day, cursor]))
    where = " AND ".join(["deleted_at IS NULL", *(condition for condition, _ in conditions)])
    order = "date DESC, id DESC" if newest_first else "date, id"
    parameters = [one for _, several in conditions for one in several]
    with _in_index_order(wanted):
        return _fetch(f"{where} ORDER BY {order} LIMIT {size:d}", parameters)


def _conditions(wanted: TransactionFilter) -> Iterator[tuple[str, list[Any]]]:
    if wanted.first:
        yield "date >= %s", [wanted.first]
    if wanted.last:
        yield "date <= %s", [wanted.last]
    if wanted.accounts:
        yield _one_of("account_id", wanted.accounts)
    if wanted.currencies:
        yield _one_of("currency", wanted.currencies)
    if wanted.categories and wanted.uncategorised:
        chosen, ids = _one_of("category_id", wanted.categories)
        yield f"({chosen} OR category_id IS NULL)", ids
    elif wanted.categories:
        yield _one_of("category_id", wanted.categories)
    elif wanted.uncategorised:
        yield "category_id IS NULL", []
    if wanted.show != Show.ALL:
        yield "status = %s", [(Status.PENDING if wanted.show == Show.PENDING else Status.POSTED).value]


def _one_of(column: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    # Not an array, which would hide from the planner that one value alone keeps the order of an index.
    return f"{column} IN ({', '.join(['%s'] * len(values))})", list(values)


def _fetch(where: str, parameters: Sequence[Any]) -> list[StoredRow]:
    rows = fetch_binary(ROWS + where, parameters)
    feeds = open_all(Transaction, "feed", ((row[0], row[8]) for row in rows))
    owns = open_all(Transaction, "own", ((row[0], row[9]) for row in rows))
    return [
        StoredRow(row, day, account, category, by, currency, status == Status.PENDING, is_removed, feed, own)
        for (row, day, account, category, by, currency, status, is_removed, *_), feed, own in zip(
            rows, feeds, owns, strict=True
        )
    ]


@contextmanager
def _in_index_order(wanted: TransactionFilter) -> Iterator[None]:
    """Have the index on date walked, not a workspace's rows sorted.

    How many rows the workspace has the planner can only guess, since row-level security names it by a setting: it
    guesses an average one, or a single row before there are statistics, and would then sort all of a large one's.
    """
    if wanted.accounts or wanted.categories or wanted.uncategorised:
        yield
        return
    execute_binary("SET LOCAL enable_sort = off")
    yield
    execute_binary("SET LOCAL enable_sort = on")
