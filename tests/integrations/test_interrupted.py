"""A run that dies anywhere is taken up by another worker, and the ledger comes out the same. Rulings 22, 30."""

from collections.abc import Callable

import pytest
from django.db import connection as database

from accounts.access import workspace_scope
from integrations.actions import request_sync
from integrations.models import Connection, RunState, StagedPage, SyncRun, Trigger
from integrations.queues import RUN_SYNC
from integrations.sync.lease import LeaseLost, hold, take_lease
from integrations.sync.run import run_sync
from integrations.sync.writing import write_staged
from ledger.kinds import Book
from ledger.models import Transaction
from ledger.sheets.rebuild import list_stale_months
from tests.integrations.faults import Answer, Died, at_statement, dying, error, expire_lease, interpose
from tests.integrations.linked import (
    TaskQueue,
    assert_synced,
    ledger_months,
    linked_page,
    newest_connection,
    opened,
    runs_of,
)
from tests.integrations.support import Sandbox
from tests.integrations.test_sync import bank_months, rows_of_bank, token_of
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

MUTATION = error("TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION", "TRANSACTIONS_ERROR")


@pytest.fixture
def linked(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> Connection:
    """A bank whose first sync is queued, its task lost."""
    alice.client.get(linked_page(alice, harbor))
    assert queue.work(1) == ["integrations.finish_link"]
    assert [name for name, _ in queue.discard()] == [RUN_SYNC]
    return newest_connection(alice)


def run_of(persona: Persona, connection: Connection) -> SyncRun:
    return runs_of(persona, connection)[-1]


def assert_same_as_bank(persona: Persona, bank: Sandbox, connection: Connection) -> None:
    assert_synced(persona, connection)
    rows = rows_of_bank(bank, token_of(persona, connection))
    assert ledger_months(persona.workspace.pk, connection) == bank_months(rows)
    with workspace_scope(persona.workspace.pk):
        assert list_stale_months(Book.BANK) == []
        assert not StagedPage.objects.exists()


def test_a_worker_that_dies_again_and_again_loses_and_doubles_nothing(
    alice: Persona, harbor: Sandbox, linked: Connection
) -> None:
    run = run_of(alice, linked)
    deaths = 0
    # Each worker lives a little longer than the one before, so that every stretch of the run sees a death.
    for life in range(4, 400, 12):
        try:
            with dying(at_statement(life)):
                run_sync(alice.workspace.pk, run.pk)
        except Died:
            deaths += 1
            expire_lease(alice, linked)
    assert deaths > 10
    assert_same_as_bank(alice, harbor, linked)


@pytest.mark.parametrize(
    "when",
    [
        lambda sql: "integrations_stagedpage" in sql and sql.startswith("INSERT"),
        lambda sql: "integrations_stagedpage" in sql and sql.startswith("DELETE"),
        lambda sql: sql.startswith("UPDATE") and '"cursor" =' in sql,
        lambda sql: sql.startswith('UPDATE "ledger_account"'),
        lambda sql: "INSERT INTO audit_event" in sql,
    ],
    ids=["keeping a page", "letting go of a written page", "moving the cursor", "saving accounts", "recording"],
)
def test_a_death_in_mid_transaction_leaves_nothing_of_it(
    when: Callable[[str], bool], alice: Persona, harbor: Sandbox, linked: Connection
) -> None:
    run = run_of(alice, linked)
    with pytest.raises(Died), dying(when):
        run_sync(alice.workspace.pk, run.pk)
    with opened(alice, linked) as now:
        assert now.cursor is None
    expire_lease(alice, linked)
    run_sync(alice.workspace.pk, run.pk)
    assert_same_as_bank(alice, harbor, linked)


def test_nothing_is_written_before_the_update_is_whole(alice: Persona, harbor: Sandbox, linked: Connection) -> None:
    run = run_of(alice, linked)
    with interpose(harbor, transactions__sync=[None, error("INTERNAL_SERVER_ERROR", "API_ERROR", 500)]):
        run_sync(alice.workspace.pk, run.pk)
    waiting = run_of(alice, linked)
    assert (waiting.state, waiting.problem, waiting.pages_read) == (RunState.WAITING, "provider_down", 0)
    with opened(alice, linked) as now:
        assert now.cursor is None
        assert not StagedPage.objects.exists()
        assert not Transaction.objects.exists()
    expire_lease(alice, linked)
    run_sync(alice.workspace.pk, run.pk)
    assert_same_as_bank(alice, harbor, linked)


def page(*added: str, cursor: str, more: bool, account: str) -> Answer:
    rows = [
        {
            "transaction_id": name,
            "account_id": account,
            "amount": 1.25,
            "iso_currency_code": "USD",
            "unofficial_currency_code": None,
            "date": "2026-11-02",
            "authorized_date": None,
            "name": name,
            "pending": False,
            "pending_transaction_id": None,
            "payment_channel": "other",
        }
        for name in added
    ]
    body = {"accounts": [], "added": rows, "modified": [], "removed": [], "next_cursor": cursor, "has_more": more}
    return Answer({**body, "transactions_update_status": "HISTORICAL_UPDATE_COMPLETE", "request_id": "r"})


def test_rows_of_an_update_that_was_broken_off_do_not_stay(alice: Persona, harbor: Sandbox, linked: Connection) -> None:
    """The bank gives a row, then takes it back between two pages: begun anew, the update does not mention it."""
    token = token_of(alice, linked)
    account = harbor.post("/accounts/get", access_token=token).json()["accounts"][0]["account_id"]
    answers = [
        page("here", "ghost", cursor="c1", more=True, account=account),
        MUTATION,
        page("here", cursor="c2", more=True, account=account),
        page("there", cursor="c3", more=False, account=account),
    ]
    with interpose(harbor, transactions__sync=[*answers]) as log:
        run_sync(alice.workspace.pk, run_of(alice, linked).pk)
    assert_synced(alice, linked)
    with opened(alice, linked) as now:
        assert now.cursor == "c3"
        assert set(Transaction.objects.values_list("provider_id", flat=True)) == {"here", "there"}
    cursors = [body.get("cursor") for path, body in log.requests if path == "/transactions/sync"]
    assert cursors == [None, "c1", None, "c2"]


def test_data_that_keeps_changing_ends_in_a_pause_and_not_in_a_loop(
    alice: Persona, harbor: Sandbox, linked: Connection
) -> None:
    with interpose(harbor, transactions__sync=[MUTATION] * 50) as log:
        run_sync(alice.workspace.pk, run_of(alice, linked).pk)
    run = run_of(alice, linked)
    assert (run.state, run.problem) == (RunState.WAITING, "mutated")
    assert log.paths().count("/transactions/sync") == 4


def test_after_being_asked_to_wait_reading_goes_on_where_it_was(
    alice: Persona, harbor: Sandbox, linked: Connection
) -> None:
    busy = error("TRANSACTIONS_SYNC_LIMIT", "RATE_LIMIT_EXCEEDED", 429, ("Retry-After", "20"))
    with interpose(harbor, transactions__sync=[None, busy]):
        run_sync(alice.workspace.pk, run_of(alice, linked).pk)
    run = run_of(alice, linked)
    assert (run.state, run.problem, run.pages_read) == (RunState.WAITING, "rate_limited", 1)
    expire_lease(alice, linked)
    with interpose(harbor) as log:
        run_sync(alice.workspace.pk, run.pk)
    assert log.paths().count("/transactions/sync") == 1
    assert_same_as_bank(alice, harbor, linked)


def test_a_worker_that_lost_its_lease_can_write_nothing_more(
    alice: Persona, harbor: Sandbox, linked: Connection
) -> None:
    run = run_of(alice, linked)
    stale = take_lease(alice.workspace.pk, run.pk)
    assert stale is not None
    with hold(stale) as held:
        assert held.run.fence == stale.fence
    expire_lease(alice, linked)
    fresh = take_lease(alice.workspace.pk, run.pk)
    assert fresh is not None
    assert fresh.fence == stale.fence + 1
    with pytest.raises(LeaseLost), hold(stale):
        pytest.fail("a stale worker was let in")
    with pytest.raises(LeaseLost):
        write_staged(stale)
    with hold(fresh) as held:
        assert held.run.state == RunState.RUNNING


def test_a_lease_is_taken_once(alice: Persona, linked: Connection) -> None:
    run = run_of(alice, linked)
    assert take_lease(alice.workspace.pk, run.pk) is not None
    assert take_lease(alice.workspace.pk, run.pk) is None


def test_the_sweeper_revives_a_run_whose_task_or_worker_was_lost(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    assert queue.sweep(alice) == []
    expire_lease(alice, linked)
    with pytest.raises(Died), dying(lambda sql: sql.startswith('UPDATE "ledger_account"')):
        run_sync(alice.workspace.pk, run_of(alice, linked).pk)
    assert queue.sweep(alice) == []
    expire_lease(alice, linked)
    assert queue.sweep(alice) == [RUN_SYNC]
    assert run_of(alice, linked).fence == 2
    assert_same_as_bank(alice, harbor, linked)


def test_a_run_that_has_begun_to_write_is_never_given_up(alice: Persona, harbor: Sandbox, linked: Connection) -> None:
    run = run_of(alice, linked)
    with dying(lambda sql: sql.startswith("UPDATE") and '"cursor" =' in sql, of=RuntimeError):
        run_sync(alice.workspace.pk, run.pk)
    waiting = run_of(alice, linked)
    assert (waiting.state, waiting.problem, waiting.is_whole) == (RunState.WAITING, "internal", True)
    assert waiting.pages_written == 1
    expire_lease(alice, linked)
    with interpose(harbor) as log:
        run_sync(alice.workspace.pk, run.pk)
    assert log.requests == []
    assert_same_as_bank(alice, harbor, linked)


def test_news_that_comes_when_only_writing_is_left_is_read_by_a_run_of_its_own(
    alice: Persona, queue: TaskQueue, linked: Connection
) -> None:
    run = run_of(alice, linked)
    with dying(lambda sql: sql.startswith("UPDATE") and '"cursor" =' in sql, of=RuntimeError):
        run_sync(alice.workspace.pk, run.pk)
    with workspace_scope(alice.workspace.pk):
        request_sync(actor=alice.actor, connection_id=linked.pk, trigger=Trigger.WEBHOOK)
    assert queue.work() == []
    expire_lease(alice, linked)
    run_sync(alice.workspace.pk, run.pk)
    queue.work()
    assert [one.trigger for one in runs_of(alice, linked)] == ["first", "again"]
    assert_synced(alice, linked)


def test_a_token_that_does_not_open_ends_the_run_in_words(alice: Persona, linked: Connection) -> None:
    with workspace_scope(alice.workspace.pk), database.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_connection SET access_token = overlay(access_token placing '\\x00' from 20) WHERE id = %s",
            [linked.pk],
        )
    run_sync(alice.workspace.pk, run_of(alice, linked).pk)
    run = run_of(alice, linked)
    assert (run.state, run.problem) == (RunState.FAILED, "internal")
