"""A bank that is connected a second time: no row counts twice, and what people did to rows stays. ADR 5."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone

from accounts.access import workspace_scope
from audit.models import Event
from integrations.linking import finish_link
from integrations.models import Connection, ItemRemoval, LinkSession, LinkState, RunState, SyncRun
from integrations.queues import RUN_SYNC
from integrations.sync.run import run_sync
from ledger.actions import recategorise_transactions, write_note
from ledger.kinds import Book
from ledger.models import Account, Category, Transaction
from ledger.sheets.rebuild import list_stale_months
from ledger.sheets.verify import months_to_verify, verify_month
from tests.integrations.faults import Died, at_statement, dying, error, expire_lease, interpose
from tests.integrations.linked import (
    TaskQueue,
    assert_synced,
    last_run,
    ledger_months,
    link_bank,
    linked_page,
    opened,
    page_of,
)
from tests.integrations.support import Sandbox
from tests.integrations.test_sync import bank_months, rows_of_bank, sync_now, token_of
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

Shape = tuple[UUID, date, int, str]


def disconnect(persona: Persona, connection: Connection) -> None:
    persona.client.post(page_of(persona, "create_disconnection", connection_id=connection.pk))


def connections_of(persona: Persona) -> list[Connection]:
    with workspace_scope(persona.workspace.pk):
        return list(Connection.objects.order_by("created_at"))


def shapes_of(persona: Persona) -> Counter[Shape]:
    """Every row that counts, by what it says and not by its ids."""
    with workspace_scope(persona.workspace.pk):
        live = Transaction.objects.filter(deleted_at=None)
        return Counter((row.account_id, row.date, row.feed.minor, row.feed.description) for row in live)


def annotate(persona: Persona) -> dict[UUID, tuple[UUID, str]]:
    """A person's work on a few dozen rows: by row, its category and note."""
    with workspace_scope(persona.workspace.pk):
        category = Category.objects.get(origin="training")
        ids = list(
            Transaction.objects.filter(deleted_at=None).order_by("date", "id").values_list("id", flat=True)[::20]
        )
        recategorise_transactions(actor=persona.actor, ids=ids, category_id=category.pk)
        for row_id in ids:
            write_note(actor=persona.actor, transaction_id=row_id, note=f"Note of {row_id}")
        return {row_id: (category.pk, f"Note of {row_id}") for row_id in ids}


def assert_work_stands(persona: Persona, work: dict[UUID, tuple[UUID, str]]) -> None:
    with workspace_scope(persona.workspace.pk):
        rows = Transaction.objects.filter(id__in=list(work), deleted_at=None)
        assert {row.id: (row.category_id, row.own.note if row.own else "") for row in rows} == work


def assert_same_as_bank(persona: Persona, bank: Sandbox, connection: Connection) -> None:
    assert_synced(persona, connection)
    rows = rows_of_bank(bank, token_of(persona, connection))
    assert ledger_months(persona.workspace.pk, connection) == bank_months(rows)
    with workspace_scope(persona.workspace.pk):
        assert list_stale_months(Book.BANK) == []
        for month in months_to_verify(Book.BANK):
            assert verify_month(Book.BANK, month).differences == ()


@pytest.mark.parametrize("how", ["disconnected", "revoked", "login lost"])
def test_a_bank_that_is_connected_again_takes_over_where_it_was(
    how: str, alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue)
    former = token_of(alice, connection)
    work, before = annotate(alice), shapes_of(alice)
    with workspace_scope(alice.workspace.pk):
        accounts = set(Account.objects.values_list("id", flat=True))
    if how == "disconnected":
        disconnect(alice, connection)
    else:
        code = "ITEM_NOT_FOUND" if how == "revoked" else "ITEM_LOGIN_REQUIRED"
        with interpose(harbor, accounts__get=[error(code)]):
            sync_now(alice, queue, connection)

    link_bank(alice, harbor, queue)

    assert [one.pk for one in connections_of(alice)] == [connection.pk]
    with opened(alice, connection) as now:
        assert (now.state, now.generation, now.is_matching) == ("connected", 2, False)
        assert now.disconnected_at is None
        assert set(Account.objects.filter(closed_at=None).values_list("id", flat=True)) == accounts
        assert not Transaction.objects.exclude(deleted_at=None).exists()
        assert Event.objects.filter(action="integrations.connection.reconnected", actor_id=alice.user.pk).exists()
    assert shapes_of(alice) == before
    assert_work_stands(alice, work)
    assert last_run(alice, connection).rows_added == 0
    assert_same_as_bank(alice, harbor, connection)
    # What the former link was is ended at the provider, and its token erased.
    assert harbor.post("/item/get", access_token=former).json()["error_code"] == "ITEM_NOT_FOUND"
    with workspace_scope(alice.workspace.pk):
        assert {one.state for one in ItemRemoval.objects.all()} == {"done"}


def test_a_bank_that_works_is_not_connected_twice(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    before = shapes_of(alice)
    back = linked_page(alice, harbor)
    alice.client.get(back)
    with interpose(harbor) as log:
        queue.work()
    assert log.paths()[-1] == "/item/remove"
    removed = log.requests[-1][1]["access_token"]
    assert removed != token_of(alice, connection)
    assert harbor.post("/item/get", access_token=removed).json()["error_code"] == "ITEM_NOT_FOUND"
    with workspace_scope(alice.workspace.pk):
        session = LinkSession.objects.latest("created_at")
        assert (session.state, session.connection_id) == (LinkState.KNOWN, connection.pk)
        assert session.access_token is None
        assert Event.objects.filter(action="integrations.link.given_back").exists()
    assert len(connections_of(alice)) == 1
    assert shapes_of(alice) == before
    sync_now(alice, queue, connection)
    assert_same_as_bank(alice, harbor, connection)


def test_other_accounts_of_the_same_bank_are_a_connection_of_their_own(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    first = link_bank(alice, harbor, queue, accounts=("checking", "card"))
    second = link_bank(alice, harbor, queue, accounts=("savings",))
    assert first.pk != second.pk
    for connection in (first, second):
        assert_same_as_bank(alice, harbor, connection)


def test_one_account_in_common_is_enough_to_know_a_bank(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue, accounts=("checking", "card"))
    disconnect(alice, connection)
    link_bank(alice, harbor, queue, accounts=("card", "savings"))
    assert len(connections_of(alice)) == 1
    with workspace_scope(alice.workspace.pk):
        closed = {one.facts.mask: one.closed_at is not None for one in Account.objects.all()}
    # What was not chosen again stays with its rows, and gets no new ones.
    assert closed == {"2217": True, "6650": False, "9043": False}
    rows = bank_months(rows_of_bank(harbor, token_of(alice, connection)))
    months = ledger_months(alice.workspace.pk, connection)
    assert {key: value for key, value in months.items() if key in rows} == rows
    assert len(months) > len(rows)


def test_what_the_bank_no_longer_keeps_stays_and_what_it_took_back_goes(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue)
    # A row of this link alone: a new one is not told of it.
    harbor.post(
        "/sandbox/transactions/create",
        access_token=token_of(alice, connection),
        transactions=[
            {"date_transacted": "2026-11-19", "date_posted": "2026-11-19", "amount": 5.0, "description": "TAKEN BACK"}
        ],
    )
    sync_now(alice, queue, connection)
    disconnect(alice, connection)
    with workspace_scope(alice.workspace.pk):
        oldest = {row.id: row.date for row in Transaction.objects.all()}
    harbor.day += timedelta(days=90)
    link_bank(alice, harbor, queue)
    told = rows_of_bank(harbor, token_of(alice, connection))
    with workspace_scope(alice.workspace.pk):
        firsts = {
            one.id: min(
                date.fromisoformat(row["date"]) for row in told.values() if row["account_id"] == one.provider_id
            )
            for one in Account.objects.all()
        }
        kept = Transaction.objects.filter(deleted_at=None)
        older = [row for row in kept if row.date < firsts[row.account_id]]
        assert len(older) > 30
        assert all(row.generation == 1 for row in older)
        assert all(row.id in oldest for row in older)
        assert kept.count() == len(told) + len(older)
        gone = list(Transaction.objects.exclude(deleted_at=None))
        assert [row.feed.description for row in gone if not row.is_pending] == ["TAKEN BACK"]
        for month in months_to_verify(Book.BANK):
            assert verify_month(Book.BANK, month).differences == ()


def test_history_that_comes_in_two_parts_is_matched_in_both(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    work, before = annotate(alice), shapes_of(alice)
    disconnect(alice, connection)
    object.__setattr__(harbor.world.settings, "ready_seconds", 100.0)
    alice.client.get(linked_page(alice, harbor))
    queue.work()
    assert last_run(alice, connection).problem == "not_ready"
    assert shapes_of(alice) == before
    for ahead, is_matching in ((101, True), (201, False)):
        harbor.clock.ahead = ahead
        with workspace_scope(alice.workspace.pk):
            SyncRun.objects.filter(connection=connection, due_at__isnull=False).update(due_at=timezone.now())
            Connection.objects.update(due_at=timezone.now())
        for _ in range(2):
            queue.sweep(alice)
        assert_synced(alice, connection)
        with opened(alice, connection) as now:
            assert now.is_matching == is_matching
        assert shapes_of(alice) == before
    assert_work_stands(alice, work)
    assert_same_as_bank(alice, harbor, connection)


def test_a_worker_that_dies_anywhere_while_matching_loses_and_doubles_nothing(
    alice: Persona, small_pages: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, small_pages, queue, accounts=("savings",))
    work, before = annotate(alice), shapes_of(alice)
    disconnect(alice, connection)
    alice.client.get(linked_page(alice, small_pages, accounts=("savings",)))
    queue.work(1)
    assert [name for name, _ in queue.discard()] == [RUN_SYNC]
    run, deaths = last_run(alice, connection), 0
    for life in range(5, 300, 9):
        try:
            with dying(at_statement(life)):
                run_sync(alice.workspace.pk, run.pk)
        except Died:
            deaths += 1
            expire_lease(alice, connection)
    assert deaths > 10
    assert last_run(alice, connection).state == RunState.SUCCEEDED
    assert shapes_of(alice) == before
    assert_work_stands(alice, work)
    assert_same_as_bank(alice, small_pages, connection)


def test_a_bank_can_go_and_come_again_and_again(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    work = annotate(alice)
    for generation in (2, 3):
        disconnect(alice, connection)
        harbor.day += timedelta(days=2)
        link_bank(alice, harbor, queue)
        with opened(alice, connection) as now:
            assert now.generation == generation
        assert_work_stands(alice, work)
    assert len(connections_of(alice)) == 1


def test_of_two_visits_that_end_at_the_same_moment_one_is_kept(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    for _ in range(2):
        linked_page(alice, harbor)
    with workspace_scope(alice.workspace.pk):
        sessions = list(LinkSession.objects.values_list("id", flat=True))

    def finish(session_id: UUID) -> None:
        try:
            finish_link(alice.workspace.pk, session_id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(finish, sessions))
    with workspace_scope(alice.workspace.pk):
        assert sorted(LinkSession.objects.values_list("state", flat=True)) == [LinkState.KNOWN, LinkState.LINKED]
    (connection,) = connections_of(alice)
    queue.work()
    assert_same_as_bank(alice, harbor, connection)


def test_mallorys_bank_is_not_alices(alice: Persona, mallory: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    mine, theirs = link_bank(alice, harbor, queue), link_bank(mallory, harbor, queue)
    assert mine.pk != theirs.pk
    assert theirs.generation == mine.generation == 1
