"""A person's bulk edits, and their being taken back, while two banks sync the same months: real connections and commits."""

from datetime import date, timedelta
from random import Random
from threading import Barrier
from uuid import UUID

import pytest

from accounts.access import workspace_scope
from ledger.actions import (
    annotate_transactions,
    create_category_reversal,
    create_note_reversal,
    list_stale_months,
    rebuild_month,
    recategorise_transactions,
)
from ledger.kinds import Book, CategoryBy
from ledger.models import CategoryChange, NoteChange, Transaction
from ledger.reports.transactions import TransactionFilter, list_transactions
from tests.ledger.people import SYNC, Feed, category, connect_bank
from tests.ledger.test_locks import side_by_side
from tests.ledger.test_merging import differences
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

START, DAYS, ROWS = date(2026, 3, 1), 120, 60
PATIENCE = 120


@pytest.fixture
def feeds(alice: Persona) -> list[Feed]:
    """Two connections of one company, each with rows of four months."""
    with workspace_scope(alice.workspace.pk):
        feeds = [connect_bank(alice.workspace) for _ in range(2)]
        for name, feed in zip("ab", feeds, strict=True):
            feed.save()
            rows = (
                feed.row(day_of(number), -number, f"Row {name}{number}", hint="TRAVEL_FLIGHTS")
                for number in range(ROWS)
            )
            feed.apply(*rows)
    return feeds


def day_of(number: int) -> date:
    return START + timedelta(days=number * 7 % DAYS)


def sync(feed: Feed, seed: int, together: Barrier) -> None:
    """Rows change their amounts and words, move to other months and come new; some runs leave months stale."""
    chance = Random(seed)  # noqa: S311 - the same order each time
    together.wait(PATIENCE)
    for _ in range(8):
        numbers = chance.sample(range(ROWS), 12)
        changed = [
            feed.row(
                day_of(chance.randrange(ROWS)), -chance.randrange(9_000), "Told anew", provider_id=f"row-{one + 1}"
            )
            for one in numbers
        ]
        with workspace_scope(feed.workspace.pk):
            feed.apply(*changed, feed.row(day_of(numbers[0]), -1, "Quite new"), merge=chance.random() < 0.7)
        if chance.random() < 0.4:
            rebuild_stale(feed.workspace.pk)


def rebuild_stale(workspace: UUID) -> None:
    with workspace_scope(workspace):
        months = list_stale_months(Book.BANK)
    for month in months:
        with workspace_scope(workspace):
            rebuild_month(book=Book.BANK, month=month)


def edit(workspace: UUID, ids: list[UUID], rent: UUID, meals: UUID, together: Barrier) -> None:
    together.wait(PATIENCE)
    with workspace_scope(workspace):
        recategorise_transactions(actor=SYNC, ids=ids, category_id=rent)
    with workspace_scope(workspace):
        annotate_transactions(actor=SYNC, ids=ids[::2], note="Ask Bob")
    with workspace_scope(workspace):
        wrong = recategorise_transactions(actor=SYNC, ids=ids[10:], category_id=meals)
    with workspace_scope(workspace):
        too_far = annotate_transactions(actor=SYNC, ids=ids, note="Asked twice", replace=True)
    with workspace_scope(workspace):
        create_category_reversal(actor=SYNC, change_id=wrong.id)
    with workspace_scope(workspace):
        create_note_reversal(actor=SYNC, change_id=too_far.id)


@pytest.mark.parametrize("seed", range(4))
def test_nobodys_change_is_lost(alice: Persona, feeds: list[Feed], seed: int) -> None:
    workspace = alice.workspace.pk
    with workspace_scope(workspace):
        ids = list(Transaction.objects.order_by("id").values_list("id", flat=True))
        rent, meals = category("rent").id, category("meals").id
    together = Barrier(3)
    side_by_side(
        lambda: sync(feeds[0], seed, together),
        lambda: sync(feeds[1], seed + 100, together),
        lambda: edit(workspace, ids, rent, meals, together),
        patience=PATIENCE,
    )
    rebuild_stale(workspace)

    with workspace_scope(workspace):
        assert differences() == []
        edited = Transaction.objects.in_bulk(ids)
        assert {(row.category_id, row.category_by) for row in edited.values()} == {(rent, CategoryBy.PERSON)}
        notes = [own.note if (own := edited[one].own) else "" for one in ids]
        assert set(notes[::2]) == {"Ask Bob"}
        assert set(notes[1::2]) == {""}
        assert Transaction.objects.count() == 2 * ROWS + 16
        assert sum(row.feed.description == "Told anew" for row in edited.values()) > ROWS
        assert list_transactions(TransactionFilter(text="ask bob")).count == len(ids[::2])
        assert list_transactions(TransactionFilter(categories=(rent,))).count == len(ids)
        assert list_transactions(TransactionFilter(text="twice")).count == 0
        assert CategoryChange.objects.filter(reversed_at=None).count() == 1
        assert NoteChange.objects.filter(reversed_at=None).count() == 1


def test_two_people_on_the_same_rows_leave_one_choice_on_all(alice: Persona, feeds: list[Feed]) -> None:
    workspace = alice.workspace.pk
    with workspace_scope(workspace):
        ids = list(Transaction.objects.values_list("id", flat=True))
        rent, meals = category("rent").id, category("meals").id
    together = Barrier(2)

    def choose(chosen: UUID, order: int) -> None:
        for _ in range(4):
            together.wait(PATIENCE)
            with workspace_scope(workspace):
                recategorise_transactions(actor=SYNC, ids=ids[::order], category_id=chosen)

    side_by_side(lambda: choose(rent, 1), lambda: choose(meals, -1), patience=PATIENCE)
    with workspace_scope(workspace):
        assert len(set(Transaction.objects.values_list("category_id", flat=True))) == 1
        assert differences() == []
