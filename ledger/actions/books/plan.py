"""What a page means for the rows there are: which are new, which differ from what they were, which are as before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from ledger.actions.books.rows import Targets, Written, written_row
from ledger.actions.books.tables import DATE, Table
from ledger.books_feeds import BooksPage, FeedRow
from ledger.codes import take_codes
from ledger.sealed import open_all, seal_all
from ledger.sheets.heads import month_of
from vault.blobs import execute_binary, fetch_binary
from vault.tenancy import current_workspace_id


@dataclass(frozen=True, slots=True, repr=False)
class KnownRow:
    """A row as it stands. `code` is None where rows of its table have none."""

    id: UUID
    is_gone: bool
    code: int | None
    written: Written


@dataclass(frozen=True, slots=True, repr=False)
class PlannedRow:
    provider_id: str
    code: int | None
    written: Written


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """Rows by the id they have or get. `days` are all that a row that is written is on before or after."""

    inserts: Mapping[UUID, PlannedRow]
    updates: Mapping[UUID, PlannedRow]
    unchanged: Collection[UUID]
    days: Collection[date]

    @property
    def months(self) -> tuple[date, ...]:
        return tuple(sorted({month_of(day) for day in self.days}))


def make_plan(connection_id: UUID, page: BooksPage, table: Table, targets: Targets) -> Plan:
    """The plan for a page, from one query. The last of several rows with one provider id counts.

    Rows are held against each other opened. Nobody else changes them meanwhile: only the connection's own run does, and
    one run holds the lease. Raises WrongRow, UnknownBooksAccount, UnknownCurrency, InexactAmount.
    """
    feeds: dict[str, FeedRow] = {row.provider_id: row for row in page.rows}
    known = _read_known(connection_id, table, list(feeds))
    inserts, updates = dict[UUID, PlannedRow](), dict[UUID, PlannedRow]()
    unchanged, days = list[UUID](), set[date]()
    for provider_id, feed in feeds.items():
        written, row = written_row(page.resource, feed, targets), known.get(provider_id)
        if row is None:
            inserts[uuid4()] = PlannedRow(provider_id, None, written)
        elif row.written == written and not row.is_gone:
            unchanged.append(row.id)
            continue
        else:
            updates[row.id] = PlannedRow(provider_id, row.code, written)
            days |= _days(table, row.written)
        days |= _days(table, written)
    return Plan(inserts, updates, unchanged, days)


def write_plan(connection_id: UUID, table: Table, plan: Plan, *, sweep: int) -> None:
    """Write the rows that are new or differ, and note of the others that they were seen. The months' heads are locked.

    Values are sealed for the ids the plan has read, so a conflict is always on a row's own id.
    """
    if rows := {**plan.inserts, **plan.updates}:
        records = [row.written.record for row in rows.values()]
        sealed = seal_all(table.model, table.sealed, zip(rows, records, strict=True))
        columns = [list(column) for column in zip(*_values(table, plan), strict=True)]
        provider_ids = [row.provider_id for row in rows.values()]
        start = [current_workspace_id(), connection_id, sweep]
        execute_binary(table.write, [*start, list(rows), provider_ids, sealed, *columns])
    if plan.unchanged:
        execute_binary(table.saw, [sweep, list(plan.unchanged), sweep])


def _read_known(connection_id: UUID, table: Table, provider_ids: list[str]) -> dict[str, KnownRow]:
    rows = fetch_binary(table.known, [provider_ids, connection_id])
    records = open_all(table.model, table.sealed, [(row[1], row[3]) for row in rows])
    return {row[0]: _known_row(table, row, record) for row, record in zip(rows, records, strict=True)}


def _known_row(table: Table, row: tuple[Any, ...], record: Any) -> KnownRow:
    _, row_id, is_gone, _, *values = row
    code = values.pop(0) if table.codes else None
    return KnownRow(row_id, is_gone, code, Written(tuple(values), record))


def _values(table: Table, plan: Plan) -> list[tuple[Any, ...]]:
    """The columns' values of the rows to write, new ones first, which get their codes here."""
    inserts, updates = plan.inserts.values(), plan.updates.values()
    if table.codes is None:
        return [row.written.plain for row in (*inserts, *updates)]
    codes = take_codes(table.codes, len(inserts)) if inserts else ()
    return [
        *((code, *row.written.plain) for code, row in zip(codes, inserts, strict=True)),
        *((row.code, *row.written.plain) for row in updates),
    ]


def _days(table: Table, written: Written) -> set[date]:
    return {written.plain[table.plain.index(DATE)]} if table.has_dates else set()
