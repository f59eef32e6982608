"""Sealing values anew under their owner's newest key version, a few rows in a transaction, while everybody works.

What is left to do is told by the values themselves: each names its key version in its first bytes, so a run that was
killed has nothing to remember. Rows are locked only if nobody else has them, so this waits for no one and can be in no
deadlock; the rows passed over are found the next time round. The plaintext's bytes are carried over as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import sql

from vault.blobs import execute_binary, fetch_binary
from vault.envelope import SealBroken
from vault.keyring import Keyring, keyring_of
from vault.lifecycle import owner_scope
from vault.providers.base import KeyOwner
from vault.sealed_tables import SealedColumn, SealedTable, hashed_columns, sealed_tables

BYTES_AT_ONCE = 4 * 1024 * 1024
_BEFORE_ALL = UUID(int=0)

# Without fresh statistics PostgreSQL would read and sort all that is left, for each batch anew; the bounds on what is
# updated keep it from reading the whole table there.
IN_ORDER_OF_THE_INDEX = "SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)"
SELECT = """
    SELECT {key}, {read} FROM {table} WHERE {key} > %s AND {whose} AND ({old})
    ORDER BY {key} LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""
UPDATE = """
    UPDATE {table} AS old SET {assigned}
    FROM unnest(%s::uuid[], {arrays}) AS new (id, {names}) WHERE old.{key} = new.id AND old.{key} BETWEEN %s AND %s
"""
MEASURE = """
    SELECT count(*) FILTER (WHERE {sealed}), count(*) FILTER (WHERE {old}), coalesce(avg({bytes}), 0)::float8
    FROM {table} WHERE {whose}
"""
VERSIONS = """
    SELECT substring({column} FROM 2 FOR 4), count(*) FROM {table} WHERE {column} IS NOT NULL AND {whose} GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Measure:
    """How many rows of a table hold an owner's sealed values, how many an old one, and a row's sealed bytes on average."""

    rows: int
    old: int
    bytes_a_row: float

    def rows_at_once(self, most: int) -> int:
        """How many rows fit into one short transaction."""
        return max(1, min(most, int(BYTES_AT_ONCE // max(1.0, self.bytes_a_row))))


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction did: rows looked at and their last key, rows sealed anew, and values that do not open."""

    last: UUID
    rows: int
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnVersions:
    """How many values of a column are sealed under each key version. `is_hashed`: they stay under theirs for good."""

    table: str
    column: str
    counts: dict[int, int]
    is_hashed: bool

    def old(self, newest: int) -> int:
        """How many are sealed under another version than the newest."""
        return sum(count for version, count in self.counts.items() if version != newest)


def measure(owner: KeyOwner, table: SealedTable) -> Measure:
    """How much there is to do in a table. Raises KeyDestroyed."""
    with owner_scope(owner):
        names = [sql.Identifier(column.name) for column in table.columns]
        statement = sql.SQL(MEASURE).format(
            sealed=sql.SQL(" OR ").join(sql.SQL("{} IS NOT NULL").format(name) for name in names),
            old=_old(table, keyring_of(owner)),
            bytes=sql.SQL(" + ").join(sql.SQL("coalesce(octet_length({}), 0)").format(name) for name in names),
            table=sql.Identifier(table.name),
            whose=_whose(owner, table.person_column),
        )
        ((rows, old, bytes_a_row),) = fetch_binary(statement.as_string())
        return Measure(rows, old, bytes_a_row)


def reseal(owner: KeyOwner, table: SealedTable, *, rows_at_once: int) -> Iterator[Batch]:
    """Go once through a table, a transaction a batch. Raises KeyDestroyed."""
    last = _BEFORE_ALL
    while True:
        with owner_scope(owner):
            batch = _reseal_batch(owner, table, last, rows_at_once)
        if batch is None:
            return
        yield batch
        last = batch.last


def count_versions(owner: KeyOwner) -> list[ColumnVersions]:
    """Every column with the owner's sealed values and how many there are under each key version; opens nothing."""
    with owner_scope(owner):
        found = [
            _count(table.name, column.name, _whose(owner, table.person_column), is_hashed=False)
            for table in sealed_tables(owner.kind)
            for column in table.columns
        ]
        if owner.kind == "workspace":
            found += [_count(one.table, one.name, sql.SQL("true"), is_hashed=True) for one in hashed_columns()]
    return found


def _reseal_batch(owner: KeyOwner, table: SealedTable, after: UUID, limit: int) -> Batch | None:
    keyring = keyring_of(owner)
    fetch_binary(IN_ORDER_OF_THE_INDEX)
    rows = fetch_binary(_select(owner, table, keyring).as_string(), [after, limit])
    if not rows:
        return None
    broken: list[str] = []
    written: list[tuple[UUID, list[bytes | None]]] = []
    for key, *values in rows:
        try:
            written.append((key, _reseal_row(keyring, table, key, values)))
        except SealBroken as reason:
            broken.append(str(reason))
    if written:
        columns = [[values[number] for _, values in written] for number in range(len(table.columns))]
        keys = [key for key, _ in written]
        execute_binary(_update(table).as_string(), [keys, *columns, keys[0], keys[-1]])
    return Batch(rows[-1][0], len(written), tuple(broken))


def _reseal_row(keyring: Keyring, table: SealedTable, key: UUID, values: Sequence[Any]) -> list[bytes | None]:
    resealed: list[bytes | None] = []
    position = 0
    for column in table.columns:
        sealed, beside = values[position], values[position + 1 : position + 1 + len(column.beside)]
        resealed.append(None if sealed is None else _reseal_value(keyring, column, key, sealed, beside))
        position += 1 + len(column.beside)
    return resealed


def _reseal_value(keyring: Keyring, column: SealedColumn, key: UUID, sealed: bytes, beside: Sequence[Any]) -> bytes:
    place = column.place_of(keyring.owner.id, key, beside)
    plaintext = keyring.open(place.label, place.row, sealed, place.version)
    return keyring.seal(place.label, place.row, plaintext, place.version)


def _count(table: str, column: str, whose: sql.Composable, *, is_hashed: bool) -> ColumnVersions:
    statement = sql.SQL(VERSIONS).format(column=sql.Identifier(column), table=sql.Identifier(table), whose=whose)
    counts = {int.from_bytes(version, "big"): count for version, count in fetch_binary(statement.as_string())}
    return ColumnVersions(table, column, counts, is_hashed)


def _select(owner: KeyOwner, table: SealedTable, keyring: Keyring) -> sql.Composed:
    read = [name for column in table.columns for name in (column.name, *column.beside)]
    return sql.SQL(SELECT).format(
        key=sql.Identifier(table.key),
        read=sql.SQL(", ").join(map(sql.Identifier, read)),
        table=sql.Identifier(table.name),
        whose=_whose(owner, table.person_column),
        old=_old(table, keyring),
    )


def _update(table: SealedTable) -> sql.Composed:
    names = [sql.Identifier(column.name) for column in table.columns]
    return sql.SQL(UPDATE).format(
        table=sql.Identifier(table.name),
        assigned=sql.SQL(", ").join(sql.SQL("{0} = new.{0}").format(name) for name in names),
        arrays=sql.SQL(", ").join([sql.SQL("%b::bytea[]")] * len(names)),
        names=sql.SQL(", ").join(names),
        key=sql.Identifier(table.key),
    )


def _old(table: SealedTable, keyring: Keyring) -> sql.Composed:
    newest = sql.Literal(keyring.newest.to_bytes(4, "big"))
    is_old = sql.SQL("substring({} FROM 2 FOR 4) <> {}")
    return sql.SQL(" OR ").join(is_old.format(sql.Identifier(column.name), newest) for column in table.columns)


def _whose(owner: KeyOwner, person_column: str | None) -> sql.Composable:
    # A workspace's rows are those that the scope shows.
    if person_column is None:
        return sql.SQL("true")
    return sql.SQL("{} = {}").format(sql.Identifier(person_column), sql.Literal(owner.id))
