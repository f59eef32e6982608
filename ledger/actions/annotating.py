"""One note on many transactions, and taken back."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from ledger.actions.bulk import ChangeReversed, Selection, UnknownTransaction, check_count, describe
from ledger.actions.notes import check_note
from ledger.arrays import id_array
from ledger.kinds import Book
from ledger.models import NoteChange, Transaction, TransactionOwn
from ledger.sealed import open_all, seal_all
from ledger.sheets.changes import merge_changes
from ledger.sheets.codebook import load_codebook
from ledger.sheets.heads import Head
from ledger.sheets.store import lock_months_of
from vault.blobs import execute_binary, fetch_binary

# The rows need no lock of their own: their months are held, and nobody changes a note without that.
READ = "SELECT id, own FROM ledger_transaction WHERE id = ANY(%s::uuid[]) AND deleted_at IS NULL"
WRITE = """
    UPDATE ledger_transaction AS old SET own = new.own, updated_at = now()
    FROM unnest(%s::uuid[], %b::bytea[]) AS new (id, own) WHERE old.id = new.id
"""

Owns = Mapping[UUID, TransactionOwn]


class EmptyNote(ValueError):
    """There is nothing to put on the transactions."""

    def __init__(self) -> None:
        super().__init__("Write the note first.")


class AllAnnotated(ValueError):
    """Every transaction has a note that it is to keep."""

    def __init__(self) -> None:
        super().__init__(
            "All of these have a note already. Choose to replace it if this one should stand there instead."
        )


@transaction.atomic
def annotate_transactions(
    *, actor: Actor, ids: Sequence[UUID], note: str, replace: bool = False, selection: Selection | None = None
) -> NoteChange:
    """Put a note on these transactions. Those that have one keep it, or with `replace` lose it. Removed rows are left alone.

    `selection` is the filter that chose them, for the record. The change that is returned can be taken back.
    Raises EmptyNote, NoteTooLong, TooMany, UnknownTransaction when there is no row, AllAnnotated, SheetsBusy.
    """
    check_count(ids)
    note = check_note(note)
    if not note:
        raise EmptyNote
    heads = lock_months_of(Book.BANK, ids)
    found = _read_owns(ids)
    if not found:
        raise UnknownTransaction
    former = {row: own for row, own in found.items() if own.note != note and (replace or not own.note)}
    if not former:
        raise AllAnnotated
    change = NoteChange(note=note, count=len(former), kept=len(found) - len(former))
    change.former = msgspec.msgpack.encode(list(former.items()))
    change.save(force_insert=True)
    _write(heads.values(), dict.fromkeys(former, TransactionOwn(note, change.id)))
    record(
        actor=actor,
        action="ledger.transactions.annotated",
        target=Target("note_change", change.id),
        detail={
            "characters": len(note),
            "replaced": sum(bool(own.note) for own in former.values()),
            "kept": change.kept,
            **describe(ids, change.count, selection),
        },
    )
    return change


@transaction.atomic
def create_note_reversal(*, actor: Actor, change_id: UUID) -> int:
    """Give the rows of a change the notes they had before it, where nobody has written another one since.

    Returns how many. Raises ChangeReversed, NoteChange.DoesNotExist, SheetsBusy.
    """
    change = NoteChange.objects.select_for_update().get(id=change_id)
    if change.reversed_at:
        raise ChangeReversed
    former = dict(msgspec.msgpack.decode(change.former, type=list[tuple[UUID, TransactionOwn]]))
    heads = lock_months_of(Book.BANK, list(former))
    as_left = {row: own for row, own in _read_owns(list(former)).items() if own.change == change.id}
    _write(heads.values(), {row: former[row] for row in as_left})
    change.reversed_at = timezone.now()
    change.save(update_fields=["reversed_at"])
    record(
        actor=actor,
        action="ledger.note_change.reversed",
        target=Target("note_change", change.id),
        detail={"count": len(as_left)},
    )
    return len(as_left)


def _read_owns(ids: Sequence[UUID]) -> dict[UUID, TransactionOwn]:
    rows = fetch_binary(READ, [id_array(ids)])
    owns = open_all(Transaction, "own", rows)
    return {row: own or TransactionOwn() for (row, _), own in zip(rows, owns, strict=True)}


def _write(heads: Collection[Head], now: Owns) -> None:
    if not now:
        return
    written = {row: own for row, own in now.items() if own.note}
    sealed = dict(zip(written, seal_all(Transaction, "own", written.items()), strict=True))
    execute_binary(WRITE, [id_array(now), [sealed.get(row) for row in now]])
    merge_changes(heads, list(now), load_codebook())
