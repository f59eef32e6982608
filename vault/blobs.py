"""Sealed blobs, such as the parts of a month sheet, and the binary cursor they travel by.

Django's own cursors carry bytea as hex text, which takes five times as long; nothing else reads or writes blobs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from vault.envelope import Place, pad, unpad
from vault.keyring import workspace_keyring

BLOB_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class BlobKey:
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
    opened = keyring.open(key.label, key.row, sealed, key.version)
    # Padding is within the last block: the others, megabytes, are not copied to be rid of it.
    last = opened[-BLOB_BLOCK:]
    kept = unpad(last, Place(keyring.owner.id, key.label, key.row, key.version))
    return memoryview(opened)[: len(opened) - len(last) + len(kept)]


def fetch_binary(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query, every value in PostgreSQL's binary format."""
    with _cursor() as cursor:
        cursor.execute(sql.encode(), parameters)
        return cursor.fetchall()


def stream_binary(sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """A query's rows one by one, never all in memory. No other statement may run until the last one was taken."""
    with _cursor() as cursor:
        yield from cursor.stream(sql.encode(), parameters, binary=True)


def execute_binary(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run one statement with binary parameters (`%b` for bytes). Returns the number of rows it touched."""
    with _cursor() as cursor:
        cursor.execute(sql.encode(), parameters)
        return cursor.rowcount


def _cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    cursor = psycopg.Cursor(connection.connection)
    cursor.format = psycopg.pq.Format.BINARY
    return cursor
