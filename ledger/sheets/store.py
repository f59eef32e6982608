"""Writing month sheets: heads are locked in one order before any row is written, and parts are sealed at a new version.

Every writer, also one that only marks months stale, calls `lock_heads` once, before it writes rows: any other order can
deadlock, or lose a row to a sheet that was read too early. Locks last until the transaction ends.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, transaction

from ledger.arrays import id_array
from ledger.kinds import Book
from ledger.models import SheetPart
from ledger.sheets.build import summarise
from ledger.sheets.documents import encode_documents
from ledger.sheets.heads import Head, label_of
from ledger.sheets.parts import (
    Numbers,
    encode_aside,
    encode_numbers,
    encode_summary,
    encode_text,
    encode_words,
)
from vault.blobs import BlobKey, execute_binary, fetch_binary, seal_blob
from vault.tenancy import current_workspace_id

LOCK_TIMEOUT = "5s"
TRIES = 3

MAKE_MISSING = """
    INSERT INTO ledger_sheethead (id, workspace_id, book, month, version, text_version)
    SELECT gen_random_uuid(), %s, %s, month, 0, 0 FROM unnest(%s::date[]) AS month ORDER BY month
    ON CONFLICT (workspace_id, book, month) DO NOTHING
"""
LOCK = """
    SELECT id, month, version, text_version, stale_since, written_at FROM ledger_sheethead
    WHERE book = %s AND month = ANY(%s) ORDER BY book, month FOR UPDATE
"""
WRITE_PARTS = """
    INSERT INTO ledger_sheetpart (id, workspace_id, head_id, part, version, sealed)
    SELECT gen_random_uuid(), %s, %s, part, version, sealed
    FROM unnest(%s::text[], %s::int[], %b::bytea[]) AS new (part, version, sealed)
    ON CONFLICT (workspace_id, head_id, part) DO UPDATE SET version = EXCLUDED.version, sealed = EXCLUDED.sealed
"""
WRITE_HEAD = """
    UPDATE ledger_sheethead SET version = %s, text_version = %s, stale_since = NULL, written_at = clock_timestamp()
    WHERE id = %s
"""
MONTHS_OF = "SELECT DISTINCT date_trunc('month', date)::date FROM ledger_transaction WHERE id = ANY(%s::uuid[])"
MARK_STALE = """
    UPDATE ledger_sheethead SET stale_since = clock_timestamp() WHERE id = ANY(%s) AND stale_since IS NULL
"""


class SheetsBusy(RuntimeError):
    """Other writers held the months' sheets for too long."""

    def __init__(self) -> None:
        super().__init__("These months are being changed by somebody else just now. Please try again in a moment.")


class _RowsMoved(Exception):
    """Between being looked up and being locked, a row went to another month."""


def lock_heads(book: Book, months: Collection[date]) -> dict[date, Head]:
    """Make the missing heads of these months, lock them all, and return them by month. Raises SheetsBusy."""
    wanted = sorted(months)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                execute_binary(MAKE_MISSING, [current_workspace_id(), book.value, wanted])
                rows = fetch_binary(LOCK, [book.value, wanted])
        except psycopg.errors.LockNotAvailable:
            continue
        return {row[1]: Head(*row) for row in rows}
    raise SheetsBusy


def lock_months_of(book: Book, ids: Sequence[UUID]) -> dict[date, Head]:
    """Lock the heads of the months that these transactions are in, by month. Raises SheetsBusy."""
    for _ in range(TRIES):
        months = _months_of(ids)
        try:
            with transaction.atomic():
                heads = lock_heads(book, months) if months else {}
                # A sync may have moved a row before its month was held; the locks then go with the savepoint.
                if not _months_of(ids) <= heads.keys():
                    raise _RowsMoved
                return heads
        except _RowsMoved:
            continue
    raise SheetsBusy


def write_sheet(head: Head, parts: Mapping[SheetPart.Part, Any]) -> None:
    """Seal all parts of a book's sheet at the head's next version, and with that the month is no longer stale."""
    _write(head, parts, text_version=head.version + 1)


def write_numbers(head: Head, numbers: Numbers) -> None:
    """Seal numbers and summary at the head's next version and leave the other parts as they are."""
    parts = {SheetPart.Part.NUMBERS: numbers, SheetPart.Part.SUMMARY: summarise(numbers)}
    _write(head, parts, text_version=head.text_version)


def encode(part: SheetPart.Part, month: date, columns: Any) -> bytes:
    """A part's bytes before they are sealed. Of what stands aside, `columns` are the numbers."""
    return _ENCODERS[part](month, columns)


def mark_stale(heads: Sequence[Head]) -> None:
    """Say of these months that their rows have changed and their parts do not know it."""
    execute_binary(MARK_STALE, [[head.id for head in heads]])


_ENCODERS: Mapping[SheetPart.Part, Callable[[date, Any], bytes]] = {
    SheetPart.Part.SUMMARY: encode_summary,
    SheetPart.Part.NUMBERS: encode_numbers,
    SheetPart.Part.ASIDE: encode_aside,
    SheetPart.Part.TEXT: encode_text,
    SheetPart.Part.WORDS: encode_words,
    SheetPart.Part.DOCUMENTS: encode_documents,
}


def _months_of(ids: Sequence[UUID]) -> set[date]:
    return {month for (month,) in fetch_binary(MONTHS_OF, [id_array(ids)])}


def _write(head: Head, parts: Mapping[SheetPart.Part, Any], *, text_version: int) -> None:
    version = head.version + 1
    sealed = [
        seal_blob(BlobKey(label_of(part), head.id, version), encode(part, head.month, columns))
        for part, columns in parts.items()
    ]
    names = [part.value for part in parts]
    execute_binary(WRITE_PARTS, [current_workspace_id(), head.id, names, [version] * len(names), sealed])
    execute_binary(WRITE_HEAD, [version, text_version, head.id])
