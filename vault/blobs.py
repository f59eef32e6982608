"""Sealed blobs, such as the parts of a month sheet, and the binary cursor they travel by.

Django's own cursors carry bytea as hex text, which takes five times as long; nothing else reads or writes blobs.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.db import connection

from vault.envelope import pad, unpad
from vault.keyring import workspace_keyring

BLOB_BLOCK = 4096


class BlobKey(msgspec.Struct, frozen=True):
    """Where a blob belongs. The version is bound too, so an older blob put back in its place does not open."""

    label: str
    row: UUID
    version: int


def seal_blob(key: BlobKey, data: bytes) -> bytes:
    """Seal `data`, padded to 4 KiB, under the key of the workspace in scope."""
    return workspace_keyring().seal(key.label, key.row, pad(data, BLOB_BLOCK), key.version)


def open_blob(key: BlobKey, sealed: bytes) -> memoryview:
    """What `seal_blob` was given for this very key. Raises NoScope, KeyDestroyed, SealBroken."""
    keyring = workspace_keyring()
    place = keyring.place(key.label, key.row, key.version)
    opened = keyring.open_at(place, sealed)
    # Padding is within the last block: the others, megabytes, are not copied to be rid of it.
    last = opened[-BLOB_BLOCK:]
    kept = unpad(last, place)
    return memoryview(opened)[: len(opened) - len(last) + len(kept)]


def fetch_binary(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query, every value in PostgreSQL's binary format."""
    with _cursor() as cursor:
        cursor.execute(sql.encode(), parameters)
        return cursor.fetchall()


@contextmanager
def stream_blobs(sql: str, parameters: Sequence[Any] = ()) -> Iterator[Iterator[tuple[Any, ...]]]:
    """A query's rows one by one, never all in memory, to be opened as they come. No other statement may run meanwhile."""
    # It asks one of its own, if this stay has not opened a key yet.
    workspace_keyring()
    with _cursor() as cursor, closing(_rows(cursor, sql, parameters)) as rows:
        yield rows


def execute_binary(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run one statement with binary parameters (`%b` for bytes). Returns the number of rows it touched."""
    with _cursor() as cursor:
        cursor.execute(sql.encode(), parameters)
        return cursor.rowcount


def _rows(cursor: psycopg.Cursor[tuple[Any, ...]], sql: str, parameters: Sequence[Any]) -> Generator[tuple[Any, ...]]:
    yield from cursor.stream(sql.encode(), parameters, binary=True)


def _cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    cursor = psycopg.Cursor(connection.connection)
    cursor.format = psycopg.pq.Format.BINARY
    return cursor
