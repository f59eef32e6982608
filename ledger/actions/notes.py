"""Notes that people leave on transactions."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, changes, record
from ledger.actions.bulk import UnknownTransaction
from ledger.kinds import Book
from ledger.models import Transaction, TransactionOwn
from ledger.sheets.changes import merge_changes
from ledger.sheets.codebook import load_codebook
from ledger.sheets.store import lock_months_of

MAX_NOTE = 2_000


class NoteTooLong(ValueError):
    """A note has at most MAX_NOTE characters."""

    def __init__(self) -> None:
        super().__init__(f"A note has at most {MAX_NOTE:,} characters.")


class NoteChanged(ValueError):
    """Somebody else has written a note since the person looked. `now` is what stands there."""

    def __init__(self, now: str) -> None:
        super().__init__("Somebody else has changed this note meanwhile.")
        self.now = now


def check_note(note: str) -> str:
    """A note as it is kept: without the blanks around it. Raises NoteTooLong."""
    note = note.strip()
    if len(note) > MAX_NOTE:
        raise NoteTooLong
    return note


@transaction.atomic
def write_note(*, actor: Actor, transaction_id: UUID, note: str, before: str | None = None) -> None:
    """Put `note` in place of a transaction's note; an empty one removes it. `before` is the note that the person saw.

    Raises UnknownTransaction, NoteTooLong, NoteChanged when another than `before` stands there now, SheetsBusy.
    """
    note = check_note(note)
    heads = lock_months_of(Book.BANK, [transaction_id])
    found = Transaction.objects.filter(id=transaction_id).first()
    if found is None:
        raise UnknownTransaction
    now = found.own.note if found.own else ""
    if before is not None and before.split() != now.split() != note.split():
        raise NoteChanged(now)
    found.own, found.updated_at = TransactionOwn(note=note) if note else None, timezone.now()
    found.save(update_fields=["own", "updated_at"])
    merge_changes(heads.values(), [found.id], load_codebook())
    record(
        actor=actor,
        action="ledger.note.written" if note else "ledger.note.removed",
        target=Target("transaction", found.id),
        detail={"characters": len(note), **changes({"note": now}, {"note": note})},
    )
