"""A key is rotated, or destroyed, while a real worker syncs. R13, R14, R15, C5."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.access import workspace_scope
from accounts.actions import destroy_workspace_key
from audit.verification import verify_chain
from config.demo import programs
from config.demo.children import Child
from integrations.actions.connections import ITEM_ROUTE
from integrations.models import (
    Connection,
    GrantVisit,
    LinkSession,
    RunState,
    StagedPage,
    VisitState,
    WebhookReceipt,
)
from integrations.problems import Problem
from integrations.queues import RUN_SYNC
from integrations.sync.run import run_sync
from ledger.kinds import Book
from ledger.sheets.verify import months_to_verify, verify_month
from tests.integrations.faults import error, expire_lease, interpose
from tests.integrations.linked import (
    TaskQueue,
    assert_synced,
    last_run,
    ledger_months,
    link_bank,
    linked_page,
    newest_connection,
)
from tests.integrations.sandbox.zoho_reader import BULK, EUROPE
from tests.integrations.support import CLIENT_ID, SECRET, Sandbox
from tests.integrations.test_sync import bank_months, rows_of_bank, token_of
from tests.integrations.test_webhooks import Post, item_of, news, receipts
from tests.integrations.zoho.visits import start_visit
from tests.support.client import ScopeCheckingClient
from tests.support.commands import run_command, start_command
from tests.support.environment import Workplace
from tests.support.opened import versions_in
from tests.support.people import SETUP, Persona
from vault.routing import add_route

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

SECONDS = 120


def wait_until(is_true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_true():
        assert time.monotonic() < deadline, f"in {SECONDS} s it did not happen: {what}"
        time.sleep(0.02)


@pytest.fixture
def waiting(alice: Persona, small_pages: Sandbox, queue: TaskQueue) -> Connection:
    """A bank with many pages to read, whose first run waits for a worker."""
    alice.client.get(linked_page(alice, small_pages))
    queue.work(1)
    queue.discard()
    connection = newest_connection(alice)
    expire_lease(alice, connection)
    return connection


@pytest.fixture
def worker(workplace: Workplace, small_pages: Sandbox, waiting: Connection) -> Iterator[Child]:
    """A worker that knows the test's own bank, on a broker of its own; it takes up the run that waits."""
    plaid = {"PLAID_BASE_URL": small_pages.url, "PLAID_LINK_ORIGIN": small_pages.url}
    own = {"REDIS_URL": workplace.own_broker_url, "PLAID_CLIENT_ID": CLIENT_ID, "PLAID_SECRET": SECRET}
    logs = workplace.folder / "keys_meanwhile"
    logs.mkdir(exist_ok=True)
    (logs / "worker.log").unlink(missing_ok=True)
    child = programs.start_worker(
        environment=workplace.environment() | plaid | own, logs=logs, beat=None, processes="1"
    )
    yield child
    child.stop()


@contextmanager
def held_up(worker: Child) -> Iterator[None]:
    """The worker stands still meanwhile, wherever it is."""
    os.killpg(worker.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(worker.process.pid, signal.SIGCONT)


def test_a_rotation_that_is_killed_and_gone_on_with_under_a_running_sync_loses_nothing(
    alice: Persona, small_pages: Sandbox, waiting: Connection, worker: Child, workplace: Workplace
) -> None:
    workspace = alice.workspace.pk
    arguments = ["--workspace", alice.workspace.slug]
    wait_until(lambda: last_run(alice, waiting).pages_read > 2, "the worker reads")
    with held_up(worker):
        assert last_run(alice, waiting).is_open
        slow = start_command(
            "rotate_keys", *arguments, "--rows-at-once", "2", "--pause", "0.05", environment=workplace.environment()
        )
        assert slow.stdout is not None
        assert "rotating to version 2" in slow.stdout.readline()
    wait_until(lambda: versions_in("ledger_category", "name", workspace) == {1, 2}, "the rotation is half way")
    os.killpg(slow.pid, signal.SIGKILL)
    slow.communicate()

    status, out, complaints = run_command("rotate_keys", *arguments, environment=workplace.environment())
    assert (status, complaints) == (0, "")
    assert "going on with the rotation to version 2" in out
    wait_until(lambda: not last_run(alice, waiting).is_open, "the sync ends")

    assert_synced(alice, waiting)
    rows = rows_of_bank(small_pages, token_of(alice, waiting))
    assert ledger_months(workspace, waiting) == bank_months(rows)
    verified = StringIO()
    call_command("verify_keys", *arguments, stdout=verified)
    assert "Every value is sealed under its owner's newest key." in verified.getvalue()
    with workspace_scope(workspace):
        assert verify_chain().faults == ()
        months = months_to_verify(Book.BANK)
        assert months
        assert [verify_month(Book.BANK, month).differences for month in months] == [()] * len(months)


def test_a_sync_whose_key_is_destroyed_ends_in_words_and_nothing_asks_again(
    alice: Persona, waiting: Connection, worker: Child, queue: TaskQueue
) -> None:
    wait_until(lambda: last_run(alice, waiting).pages_read > 2, "the worker reads")
    with held_up(worker):
        assert last_run(alice, waiting).is_open
        destroy_workspace_key(actor=SETUP, workspace_id=alice.workspace.pk)
    wait_until(lambda: not last_run(alice, waiting).is_open, "the sync ends")
    worker.stop()

    run = last_run(alice, waiting)
    assert (run.state, run.problem, run.due_at) == (RunState.FAILED, Problem.DESTROYED, None)
    with workspace_scope(alice.workspace.pk):
        assert not StagedPage.objects.exists()
        assert Connection.objects.get(pk=waiting.pk).due_at is None
    log = worker.log.read_text()
    assert f"Run {run.pk} ended: The data key of the workspace {alice.workspace.pk} was destroyed" in log
    assert "Traceback" not in log
    assert queue.sweep(alice) == []


def test_a_run_that_begins_after_the_destruction_ends_at_once(
    alice: Persona, waiting: Connection, queue: TaskQueue
) -> None:
    destroy_workspace_key(actor=SETUP, workspace_id=alice.workspace.pk)
    # Its task was in the queue already; the clock would not ask for it any more.
    assert queue.sweep(alice) == []
    run_sync(alice.workspace.pk, last_run(alice, waiting).pk)
    assert last_run(alice, waiting).problem == Problem.DESTROYED


def test_tasks_that_were_asked_for_before_the_destruction_end_quietly(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, caplog: pytest.LogCaptureFixture
) -> None:
    alice.client.get(linked_page(alice, harbor))
    destroy_workspace_key(actor=SETUP, workspace_id=alice.workspace.pk)
    with caplog.at_level("INFO"):
        assert queue.work() == ["integrations.finish_link"]
    assert "finish_link was not done: The data key of the workspace" in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("is_just_now", [False, True])
def test_a_banks_news_for_a_destroyed_workspace_is_taken_and_dropped(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, client: ScopeCheckingClient, is_just_now: bool
) -> None:
    connection = link_bank(alice, harbor, queue)
    item, post = item_of(alice, connection), Post(client, harbor)
    assert post.tell(**news(item)).status_code == 200
    assert len(receipts(alice)) == 1
    destroy_workspace_key(actor=SETUP, workspace_id=alice.workspace.pk)
    if is_just_now:
        # The route was found a moment before it went.
        with workspace_scope(alice.workspace.pk):
            add_route(kind=ITEM_ROUTE, key=item, object_id=connection.pk)
    assert post.tell(**news(item), again=True).status_code == 200
    with workspace_scope(alice.workspace.pk):
        assert WebhookReceipt.objects.count() == 1
    queue.work()


def test_the_command_ends_the_banks_access_before_it_destroys_the_means_to(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue)
    token = token_of(alice, connection)
    assert harbor.post("/item/get", access_token=token).status_code == 200
    arguments = ["--workspace", alice.workspace.slug, "--yes"]
    with interpose(harbor, item__remove=[error("INTERNAL_SERVER_ERROR", "API_ERROR", 500)] * 5):
        with pytest.raises(CommandError, match="Nothing was destroyed"):
            call_command("destroy_keys", *arguments)
        assert alice.client.get(f"/w/{alice.workspace.slug}/transactions/").status_code == 200
    call_command("destroy_keys", *arguments, stdout=StringIO())
    assert harbor.post("/item/get", access_token=token).json()["error_code"] == "ITEM_NOT_FOUND"
    assert alice.client.get(f"/w/{alice.workspace.slug}/transactions/").status_code == 410
    assert RUN_SYNC not in queue.work()


def test_the_command_ends_what_a_visit_was_given_and_has_not_kept_yet(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    back = linked_page(alice, harbor)
    harbor.switch("server_error", "/accounts/get", times=1)
    alice.client.get(back)
    queue.work()
    with workspace_scope(alice.workspace.pk):
        given = LinkSession.objects.get().access_token
    assert given is not None
    token = given.reveal()
    assert harbor.post("/item/get", access_token=token).status_code == 200
    call_command("destroy_keys", "--workspace", alice.workspace.slug, "--yes", stdout=StringIO())
    assert harbor.post("/item/get", access_token=token).json()["error_code"] == "ITEM_NOT_FOUND"


@pytest.mark.parametrize("organizations", [(EUROPE,), (EUROPE, BULK)], ids=["while connecting", "while choosing"])
def test_the_command_ends_what_a_visit_to_zoho_was_given_and_has_not_kept_yet(
    alice: Persona, zoho: Sandbox, queue: TaskQueue, organizations: tuple[str, ...]
) -> None:
    start_visit(alice, *organizations)
    if len(organizations) == 1:
        zoho.switch("server_error", "/zoho/books/v3/organizations")
    queue.work(1)
    with workspace_scope(alice.workspace.pk):
        visit = GrantVisit.objects.get()
        assert (visit.is_open, visit.refresh_token is not None) == (True, True)
    assert [row["revoked_at"] for row in grants_at(zoho)] == [None]
    call_command("destroy_keys", "--workspace", alice.workspace.slug, "--yes", stdout=StringIO())
    assert [row["revoked_at"] is not None for row in grants_at(zoho)] == [True]
    with workspace_scope(alice.workspace.pk):
        assert list(GrantVisit.objects.values_list("state", flat=True)) == [VisitState.EXPIRED]


def grants_at(zoho: Sandbox) -> list[Any]:
    return zoho.world.store.all("SELECT revoked_at FROM zoho_grant")
