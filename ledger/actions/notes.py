"""Notes that people leave on transactions."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from ledger.kinds import Book
from ledger.models import Transaction, TransactionOwn
from ledger.sheets.changes import merge_changes
from ledger.sheets.codebook import load_codebook
from ledger.sheets.store import lock_months_of

MAX_NOTE = 2_000


class UnknownTransaction(LookupError):
    """The workspace has no transaction of this id."""

    def __init__(self) -> None:
        super().__init__("This transaction does not exist.")


class NoteTooLong(ValueError):
    """A note has at most MAX_NOTE characters."""

    def __init__(self) -> None:
        super().__init__(f"A note has at most {MAX_NOTE:,} characters.")


@transaction.atomic
def write_note(*, actor: Actor, transaction_id: UUID, note: str) -> None:
    """Put `note` in place of a transaction's note; an empty one removes it. Raises UnknownTransaction, NoteTooLong."""
    note = note.strip()
    if len(note) > MAX_NOTE:
        raise NoteTooLong
    found = Transaction.objects.filter(id=transaction_id).first()
    if found is None:
        raise UnknownTransaction
    heads = lock_months_of(Book.BANK, [found.id])
    found.own, found.updated_at = TransactionOwn(note=note) if note else None, timezone.now()
    found.save(update_fields=["own", "updated_at"])
    merge_changes(heads.values(), [found.id], load_codebook())
    record(
        actor=actor,
        action="ledger.note.written" if note else "ledger.note.removed",
        target=Target("transaction", found.id),
        detail={"characters": len(note)},
    )
