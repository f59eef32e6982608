"""Writers on real connections of their own: no deadlock, no lost row, and an end to waiting."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Event

import pytest
from django.db import connection

from accounts.access import workspace_scope
from ledger.actions import (
    ViewNameTaken,
    create_saved_view,
    list_stale_months,
    rebuild_month,
    recategorise_transactions,
)
from ledger.kinds import Book
from ledger.models import Transaction
from ledger.sheets import store
from ledger.sheets.reading import Part, read_sheets
from ledger.sheets.store import SheetsBusy, lock_heads
from tests.ledger.people import SYNC, Feed, connect_bank
from tests.ledger.test_merging import differences
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
PATIENCE = 120


@pytest.fixture
def feeds(alice: Persona) -> list[Feed]:
    """Two connections of one company."""
    with workspace_scope(alice.workspace.pk):
        feeds = [connect_bank(alice.workspace) for _ in range(2)]
        for feed in feeds:
            feed.save()
    return feeds


def on_own_connection(work: Callable[[], object]) -> Callable[[], object]:
    def run() -> object:
        try:
            return work()
        finally:
            connection.close()

    return run


def side_by_side(*works: Callable[[], object], patience: float = PATIENCE) -> list[object]:
    with ThreadPoolExecutor(len(works)) as pool:
        running = [pool.submit(on_own_connection(work)) for work in works]
        return [one.result(patience) for one in running]


def test_writers_of_the_same_months_neither_deadlock_nor_lose_rows(alice: Persona, feeds: list[Feed]) -> None:
    together = Barrier(len(feeds))

    def write(feed: Feed, *days: date) -> None:
        together.wait(PATIENCE)
        for number in range(8):
            with workspace_scope(alice.workspace.pk):
                feed.apply(*(feed.row(day, -number) for day in days), merge=number % 3 > 0)

    side_by_side(lambda: write(feeds[0], MAY, JUNE), lambda: write(feeds[1], JUNE, MAY))
    with workspace_scope(alice.workspace.pk):
        assert Transaction.objects.count() == 32
        for month in list_stale_months(Book.BANK):
            rebuild_month(book=Book.BANK, month=month)
        assert differences() == []


def test_a_writer_waits_for_the_one_before_and_merges_into_its_sheet(alice: Persona, feeds: list[Feed]) -> None:
    first_has_written, second_may_wait = Event(), Event()

    def first() -> None:
        with workspace_scope(alice.workspace.pk):
            feeds[0].apply(feeds[0].row(MAY, -1))
            first_has_written.set()
            assert not second_may_wait.wait(0.3)

    def second() -> None:
        first_has_written.wait(PATIENCE)
        with workspace_scope(alice.workspace.pk):
            feeds[1].apply(feeds[1].row(MAY, -2))
            second_may_wait.set()

    side_by_side(first, second)
    with workspace_scope(alice.workspace.pk):
        (month,) = read_sheets(Book.BANK, [Part.NUMBERS])
        assert sorted(month.numbers.minor.tolist()) == [-2, -1]
        assert month.head.version == 2


def test_marking_stale_behind_a_rebuild_is_not_lost(alice: Persona, feeds: list[Feed]) -> None:
    with workspace_scope(alice.workspace.pk):
        feeds[0].apply(feeds[0].row(MAY, -1), merge=False)
    rebuilt = Event()

    def rebuild() -> None:
        with workspace_scope(alice.workspace.pk):
            rebuild_month(book=Book.BANK, month=MAY)
            rebuilt.set()
            assert not Event().wait(0.2)

    def write() -> None:
        rebuilt.wait(PATIENCE)
        with workspace_scope(alice.workspace.pk):
            feeds[1].apply(feeds[1].row(MAY, -2), merge=False)

    side_by_side(rebuild, write)
    with workspace_scope(alice.workspace.pk):
        assert list_stale_months(Book.BANK) == [MAY]


def test_a_person_and_a_sync_on_one_row_both_count(alice: Persona, feeds: list[Feed]) -> None:
    (feed, _), workspace = feeds, alice.workspace.pk
    with workspace_scope(workspace):
        feed.apply(feed.row(MAY, -1, provider_id="p1", hint="TRAVEL_FLIGHTS"))
        row = feed.transaction("p1").id
    together = Barrier(2)

    def move() -> None:
        for day in (JUNE, MAY, JUNE):
            together.wait(PATIENCE)
            with workspace_scope(workspace):
                feed.apply(feed.row(day, -5, provider_id="p1", hint="TRAVEL_FLIGHTS"))

    def choose() -> None:
        for _ in range(3):
            together.wait(PATIENCE)
            with workspace_scope(workspace):
                recategorise_transactions(actor=SYNC, ids=[row], category_id=None)

    side_by_side(move, choose)
    with workspace_scope(workspace):
        found = Transaction.objects.get(id=row)
        assert (found.date, found.category_id, found.feed.minor) == (JUNE, None, -5)
        assert differences() == []


def test_a_row_that_moves_while_its_month_is_waited_for_is_changed_where_it_is_now(
    alice: Persona, feeds: list[Feed]
) -> None:
    (feed, _), workspace = feeds, alice.workspace.pk
    with workspace_scope(workspace):
        feed.apply(feed.row(MAY, -1, provider_id="p1", hint="TRAVEL_FLIGHTS"))
        row = feed.transaction("p1").id
    has_moved, has_chosen = Event(), Event()

    def move() -> None:
        with workspace_scope(workspace):
            feed.apply(feed.row(JUNE, -5, provider_id="p1", hint="TRAVEL_FLIGHTS"))
            has_moved.set()
            # Meanwhile the other sees the row in May, and waits for that month.
            assert not has_chosen.wait(0.4)

    def choose() -> None:
        has_moved.wait(PATIENCE)
        with workspace_scope(workspace):
            recategorise_transactions(actor=SYNC, ids=[row], category_id=None)
        has_chosen.set()

    side_by_side(move, choose)
    with workspace_scope(workspace):
        found = Transaction.objects.get(id=row)
        assert (found.date, found.category_id) == (JUNE, None)
        assert differences() == []


def test_of_two_who_keep_a_view_by_one_name_at_once_one_is_told_that_it_is_taken(alice: Persona) -> None:
    together = Barrier(2)

    def keep() -> bool:
        together.wait(PATIENCE)
        with workspace_scope(alice.workspace.pk):
            try:
                create_saved_view(actor=SYNC, name="Rent", query="q=rent")
            except ViewNameTaken:
                return False
            # Long enough for the other to look for the name before this one is committed.
            Event().wait(0.3)
            return True

    assert sorted(map(bool, side_by_side(keep, keep))) == [False, True]


def test_waiting_for_a_month_ends_with_a_sentence(
    alice: Persona, feeds: list[Feed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LOCK_TIMEOUT", "50ms")
    held, done = Event(), Event()

    def hold() -> None:
        with workspace_scope(alice.workspace.pk):
            lock_heads(Book.BANK, [MAY])
            held.set()
            done.wait(PATIENCE)

    def want() -> str:
        held.wait(PATIENCE)
        try:
            with pytest.raises(SheetsBusy) as busy, workspace_scope(alice.workspace.pk):
                feeds[0].apply(feeds[0].row(MAY, -1))
            return str(busy.value)
        finally:
            done.set()

    assert "try again" in str(side_by_side(hold, want)[1])
