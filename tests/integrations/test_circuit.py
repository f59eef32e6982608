"""A bank that keeps failing is asked ever more rarely, whatever is heard from it; a person may ask at any time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from integrations.models import Connection, RunState, Trigger
from integrations.queues import HANDLE_WEBHOOK, REQUEST_DUE_SYNC, RUN_SYNC
from integrations.timing import REST_AFTER
from tests.integrations.faults import expire_lease
from tests.integrations.linked import TaskQueue, assert_synced, last_run, link_bank, opened, page_of, runs_of
from tests.integrations.support import Sandbox
from tests.integrations.test_webhooks import Post, item_of, news
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


@pytest.fixture
def linked(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> Connection:
    return link_bank(alice, harbor, queue)


def pass_time(persona: Persona, connection: Connection) -> timedelta:
    """Until the connection's next sync is due; how long that is."""
    with workspace_scope(persona.workspace.pk):
        due_at = Connection.objects.get(pk=connection.pk).due_at
        assert due_at is not None
        Connection.objects.filter(pk=connection.pk).update(due_at=timezone.now())
    return due_at - timezone.now()


def fail_a_run(persona: Persona, queue: TaskQueue, connection: Connection) -> None:
    """Let the clock start a run, and the run try as often as it likes."""
    queue.discard()
    assert queue.sweep(persona) == [REQUEST_DUE_SYNC]
    queue.work()
    while (run := last_run(persona, connection)).is_open:
        expire_lease(persona, connection)
        queue.run(RUN_SYNC, str(persona.workspace.pk), str(run.pk))


def test_the_pauses_grow_the_calls_become_few_and_success_ends_it(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    harbor.switch("server_error", "/accounts/get", times=0)
    pauses, calls = [], []
    for _ in range(7):
        pass_time(alice, linked)
        before = harbor.requests["/accounts/get"]
        fail_a_run(alice, queue, linked)
        calls.append(harbor.requests["/accounts/get"] - before)
        with opened(alice, linked) as now:
            assert now.due_at is not None
            pauses.append(now.due_at - timezone.now())
    # Three runs that try again within themselves, then one call each.
    assert calls == [7] * REST_AFTER + [1] * 4
    assert pauses[0] < timedelta(hours=1)
    assert pauses[2] < pauses[4] < timedelta(hours=12) * 1.25
    assert pauses[-1] > timedelta(hours=8)
    with opened(alice, linked) as now:
        assert now.is_resting

    harbor.clear_switches()
    alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk))
    queue.work()
    assert_synced(alice, linked)
    with opened(alice, linked) as now:
        assert (now.state, now.failures, now.is_resting) == ("connected", 0, False)


def test_news_in_heaps_does_not_hurry_a_bank_in_trouble(
    alice: Persona, client: ScopeCheckingClient, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    harbor.switch("server_error", "/accounts/get", times=0)
    post = Post(client, harbor)
    item = item_of(alice, linked)
    before = harbor.requests["/accounts/get"]
    for number in range(20):
        post.tell(**news(item), number=number)
        queue.work()
    # The first starts a run, which waits; the others find it waiting.
    assert harbor.requests["/accounts/get"] - before == 1
    run = last_run(alice, linked)
    assert (run.state, run.attempts, run.trigger) == (RunState.WAITING, 1, Trigger.WEBHOOK)
    harbor.clear_switches()
    expire_lease(alice, linked)
    queue.run(RUN_SYNC, str(alice.workspace.pk), str(run.pk))
    assert_synced(alice, linked)


def test_a_resting_bank_is_not_woken_by_news_but_by_a_repair_and_by_a_person(
    alice: Persona, client: ScopeCheckingClient, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    with workspace_scope(alice.workspace.pk):
        later = timezone.now() + timedelta(hours=6)
        Connection.objects.filter(pk=linked.pk).update(failures=REST_AFTER, state="error", due_at=later)
    post, item = Post(client, harbor), item_of(alice, linked)
    before = harbor.requests["/accounts/get"]
    for number in range(5):
        post.tell(**news(item), number=number)
    assert queue.work() == [HANDLE_WEBHOOK] * 5
    assert harbor.requests["/accounts/get"] == before
    # The same news once it works, or of a repair, is followed.
    post.tell(webhook_type="ITEM", webhook_code="LOGIN_REPAIRED", item_id=item)
    assert queue.work() == [HANDLE_WEBHOOK, RUN_SYNC]
    assert_synced(alice, linked)
    post.tell(**news(item), number=6)
    assert queue.work() == [HANDLE_WEBHOOK, RUN_SYNC]


def test_a_person_is_not_kept_from_trying(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    with workspace_scope(alice.workspace.pk):
        later = timezone.now() + timedelta(hours=6)
        Connection.objects.filter(pk=linked.pk).update(failures=9, state="error", due_at=later)
    harbor.switch("cut", "/accounts/get")
    alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk))
    queue.work()
    assert last_run(alice, linked).state == RunState.FAILED
    alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk))
    queue.work()
    assert_synced(alice, linked)
    assert [one.trigger for one in runs_of(alice, linked)] == ["first", "person", "person"]
