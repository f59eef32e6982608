"""Categories given by people, one row or many at once, and taken back."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from ledger.actions.notes import UnknownTransaction
from ledger.kinds import Book, CategoryBy
from ledger.models import Category, CategoryChange
from ledger.sheets.changes import merge_categories
from ledger.sheets.codebook import load_codebook
from ledger.sheets.heads import Head
from ledger.sheets.store import lock_months_of
from vault.blobs import execute_binary, fetch_binary

LOCK_ROWS = """
    SELECT id, category_id, category_by, date FROM ledger_transaction
    WHERE id = ANY(%s) AND deleted_at IS NULL ORDER BY id FOR UPDATE
"""
ASSIGN = """
    UPDATE ledger_transaction AS old SET category_id = new.category_id, category_by = new.category_by, updated_at = now()
    FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS new (id, category_id, category_by) WHERE old.id = new.id
"""


class UnknownCategory(LookupError):
    """No category of this id is in use."""

    def __init__(self) -> None:
        super().__init__("This category does not exist any more.")


class ChangeReversed(ValueError):
    """The change was taken back already."""

    def __init__(self) -> None:
        super().__init__("This change has been taken back already.")


class Choice(NamedTuple):
    """A row's category and who chose it."""

    category_id: UUID | None
    chosen_by: str


@transaction.atomic
def recategorise_transactions(
    *, actor: Actor, ids: Sequence[UUID], category_id: UUID | None, selection: Mapping[str, object] | None = None
) -> CategoryChange:
    """Give these transactions a category, or none; no feed changes it again. Removed rows are left alone.

    `selection` is the filter that chose them, for the record. The change that is returned can be taken back.
    Raises UnknownCategory, UnknownTransaction when there is nothing to change, SheetsBusy.
    """
    if category_id and not Category.objects.filter(id=category_id, archived_at=None).exists():
        raise UnknownCategory
    heads = lock_months_of(Book.BANK, ids)
    former = _lock_rows(ids)
    if not former:
        raise UnknownTransaction
    _assign(heads, dict.fromkeys(former, Choice(category_id, CategoryBy.PERSON)))
    change = CategoryChange.objects.create(
        category_id=category_id, count=len(former), former=msgspec.msgpack.encode(list(former.items()))
    )
    record(
        actor=actor,
        action="ledger.transactions.recategorised",
        target=Target("category_change", change.id),
        detail={
            "category": str(category_id) if category_id else None,
            "count": len(former),
            "selection": dict(selection or {}),
            "transaction": str(ids[0]) if len(ids) == 1 else None,
        },
    )
    return change


@transaction.atomic
def create_category_reversal(*, actor: Actor, change_id: UUID) -> int:
    """Give the rows of a change the categories they had before it, where nobody has chosen again since.

    Returns how many. Raises ChangeReversed, CategoryChange.DoesNotExist, SheetsBusy.
    """
    change = CategoryChange.objects.select_for_update().get(id=change_id)
    if change.reversed_at:
        raise ChangeReversed
    former = dict(msgspec.msgpack.decode(change.former, type=list[tuple[UUID, Choice]]))
    heads = lock_months_of(Book.BANK, list(former))
    now_chosen = _lock_rows(list(former))
    as_left = Choice(change.category_id, CategoryBy.PERSON)
    restored = {row: former[row] for row, choice in now_chosen.items() if choice == as_left}
    _assign(heads, restored)
    change.reversed_at = timezone.now()
    change.save(update_fields=["reversed_at"])
    record(
        actor=actor,
        action="ledger.category_change.reversed",
        target=Target("category_change", change.id),
        detail={"count": len(restored)},
    )
    return len(restored)


def _lock_rows(ids: Sequence[UUID]) -> dict[UUID, Choice]:
    return {row[0]: Choice(row[1], row[2]) for row in fetch_binary(LOCK_ROWS, [list(ids)])}


def _assign(heads: Mapping[date, Head], choices: Mapping[UUID, Choice]) -> None:
    if not choices:
        return
    columns = [
        list(choices),
        [one.category_id for one in choices.values()],
        [one.chosen_by for one in choices.values()],
    ]
    execute_binary(ASSIGN, columns)
    codebook = load_codebook({})
    codes = {row.bytes: codebook.categories[one.category_id] if one.category_id else 0 for row, one in choices.items()}
    merge_categories(heads.values(), codes, codebook.transfers)
