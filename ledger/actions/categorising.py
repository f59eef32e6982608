"""Categories given by people, one row or many at once, and taken back."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from ledger.actions.bulk import ChangeReversed, Selection, UnknownTransaction, check_count, describe
from ledger.arrays import id_array
from ledger.categories import origin_of_hint
from ledger.kinds import Book, CategoryBy
from ledger.models import Category, CategoryChange, Transaction
from ledger.sealed import open_all
from ledger.sheets.changes import merge_categories
from ledger.sheets.codebook import load_codebook
from ledger.sheets.heads import Head
from ledger.sheets.store import lock_months_of
from vault.blobs import fetch_binary

# The rows need no lock of their own: their months are held, and nobody writes these columns without that.
ASSIGN = """
    WITH old AS (
        SELECT id, category_id, category_by, category_change_id FROM ledger_transaction
        WHERE id = ANY(%s::uuid[]) AND deleted_at IS NULL
    )
    UPDATE ledger_transaction AS new
    SET category_id = %s, category_by = %s, category_change_id = %s, updated_at = now()
    FROM old WHERE new.id = old.id
    RETURNING old.id, old.category_id, old.category_by, old.category_change_id
"""
RESTORE = """
    UPDATE ledger_transaction AS old SET category_id = former.category_id, category_by = former.category_by,
        category_change_id = former.category_change_id, updated_at = now()
    FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[])
        AS former (id, category_id, category_by, category_change_id)
    WHERE old.id = former.id AND old.category_change_id = %s
    RETURNING old.id
"""

FEEDS = "SELECT id, feed FROM ledger_transaction WHERE id = ANY(%s::uuid[])"


class UnknownCategory(LookupError):
    """No category of this id is in use."""

    def __init__(self) -> None:
        super().__init__("This category does not exist any more.")


class Choice(NamedTuple):
    """A row's category, who chose it, and by which change if a person did."""

    category_id: UUID | None
    chosen_by: str
    change_id: UUID | None = None


@transaction.atomic
def recategorise_transactions(
    *, actor: Actor, ids: Sequence[UUID], category_id: UUID | None, selection: Selection | None = None
) -> CategoryChange:
    """Give these transactions a category, or none; no feed changes it again. Removed rows are left alone.

    `selection` is the filter that chose them, for the record. The change that is returned can be taken back.
    Raises UnknownCategory, TooMany, UnknownTransaction when there is nothing to change, SheetsBusy.
    """
    check_count(ids)
    if category_id and not Category.objects.filter(id=category_id, archived_at=None).exists():
        raise UnknownCategory
    change = CategoryChange(category_id=category_id)
    heads = lock_months_of(Book.BANK, ids)
    rows = fetch_binary(ASSIGN, [id_array(ids), category_id, CategoryBy.PERSON.value, change.id])
    if not rows:
        raise UnknownTransaction
    former = {row[0]: Choice(*row[1:]) for row in rows}
    change.count, change.former = len(former), msgspec.msgpack.encode(list(former.items()))
    change.save(force_insert=True)
    _merge(heads, dict.fromkeys(former, category_id))
    record(
        actor=actor,
        action="ledger.transactions.recategorised",
        target=Target("category_change", change.id),
        detail={"category": str(category_id) if category_id else None, **describe(ids, len(former), selection)},
    )
    return change


@transaction.atomic
def create_category_reversal(*, actor: Actor, change_id: UUID) -> int:
    """Give the rows of a change the categories they had before it, where nobody has chosen again since: a person's as it
    was, the feed's as it now is, because the bank may have told the row anew.

    Returns how many. Raises ChangeReversed, CategoryChange.DoesNotExist, SheetsBusy.
    """
    change = CategoryChange.objects.select_for_update().get(id=change_id)
    if change.reversed_at:
        raise ChangeReversed
    former = dict(msgspec.msgpack.decode(change.former, type=list[tuple[UUID, Choice]]))
    heads = lock_months_of(Book.BANK, list(former))
    former |= _meant_by_feed([row for row, choice in former.items() if choice.chosen_by == CategoryBy.FEED])
    categories, chosen_by, changes = zip(*former.values(), strict=True)
    columns = [id_array(former), id_array(categories), list(chosen_by), id_array(changes)]
    restored = [row for (row,) in fetch_binary(RESTORE, [*columns, change.id])]
    _merge(heads, {row: former[row].category_id for row in restored})
    change.reversed_at = timezone.now()
    change.save(update_fields=["reversed_at"])
    record(
        actor=actor,
        action="ledger.category_change.reversed",
        target=Target("category_change", change.id),
        detail={"count": len(restored)},
    )
    return len(restored)


def _meant_by_feed(ids: Sequence[UUID]) -> dict[UUID, Choice]:
    """What the feed means by these rows today. Their months are held."""
    rows = fetch_binary(FEEDS, [id_array(ids)])
    origins = dict(Category.objects.exclude(origin="").filter(archived_at=None).values_list("origin", "id"))
    feeds = zip(rows, open_all(Transaction, "feed", rows), strict=True)
    return {
        row: Choice(origins.get(origin_of_hint(feed.hint, feed.minor)), CategoryBy.FEED.value)
        for (row, _), feed in feeds
    }


def _merge(heads: Mapping[date, Head], chosen: Mapping[UUID, UUID | None]) -> None:
    if not chosen:
        return
    codebook = load_codebook()
    codes = {row.bytes: codebook.categories[one] if one else 0 for row, one in chosen.items()}
    merge_categories(heads.values(), codes, codebook.transfers)
