"""Asking for a sync: one open run for each connection, and what is asked for meanwhile is not lost. Ruling 30."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import workspace_scope
from audit.models import Event
from integrations.actions import request_sync
from integrations.actions.syncs import AskedToWait, NotConnected
from integrations.models import Connection, RunState, SyncRun, Trigger
from integrations.problems import Problem, State
from integrations.queues import REQUEST_DUE_SYNC, RUN_SYNC
from integrations.sync.endings import succeed
from integrations.sync.lease import take_lease
from tests.integrations.linked import TaskQueue, assert_synced, link_bank, opened, page_of, runs_of
from tests.integrations.support import Sandbox
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


@pytest.fixture
def linked(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> Connection:
    return link_bank(alice, harbor, queue)


def ask(persona: Persona, connection: Connection, trigger: Trigger = Trigger.PERSON) -> SyncRun:
    with workspace_scope(persona.workspace.pk):
        return request_sync(actor=persona.actor, connection_id=connection.pk, trigger=trigger)


def test_asking_twice_gives_one_run(alice: Persona, queue: TaskQueue, linked: Connection) -> None:
    first, second = ask(alice, linked), ask(alice, linked)
    assert first.pk == second.pk
    assert second.again
    assert queue.work() == [RUN_SYNC]
    # The worker began after both had asked, so one run served both.
    assert len(runs_of(alice, linked)) == 2


def test_the_database_itself_allows_one_open_run(alice: Persona, linked: Connection) -> None:
    ask(alice, linked)
    now = timezone.now()
    with workspace_scope(alice.workspace.pk):
        with pytest.raises(IntegrityError, match="one_open"), transaction.atomic():
            SyncRun.objects.create(connection=linked, trigger=Trigger.PERSON, created_at=now, due_at=now)
        SyncRun.objects.create(connection=linked, trigger=Trigger.PERSON, created_at=now, state=RunState.FAILED)


def test_what_is_asked_for_during_a_run_gets_a_run_of_its_own(
    alice: Persona, queue: TaskQueue, linked: Connection
) -> None:
    run = ask(alice, linked)
    queue.discard()
    lease = take_lease(alice.workspace.pk, run.pk)
    assert lease is not None
    ask(alice, linked, Trigger.WEBHOOK)
    succeed(lease)
    assert queue.work() == [RUN_SYNC]
    assert [one.trigger for one in runs_of(alice, linked)] == ["first", "person", "again"]
    assert_synced(alice, linked)


def test_a_waiting_run_is_hurried_by_a_person_unless_the_bank_wants_a_pause(
    alice: Persona, queue: TaskQueue, linked: Connection
) -> None:
    run = ask(alice, linked)
    queue.discard()
    later = timezone.now() + timedelta(minutes=10)
    with workspace_scope(alice.workspace.pk):
        SyncRun.objects.filter(pk=run.pk).update(state=RunState.WAITING, problem=Problem.RATE_LIMITED, due_at=later)
    with pytest.raises(AskedToWait):
        ask(alice, linked)
    with workspace_scope(alice.workspace.pk):
        SyncRun.objects.filter(pk=run.pk).update(problem=Problem.PROVIDER_DOWN)
    ask(alice, linked)
    assert queue.work() == [RUN_SYNC]
    assert_synced(alice, linked)


def test_a_bank_that_gives_no_access_is_not_synced(alice: Persona, linked: Connection) -> None:
    with workspace_scope(alice.workspace.pk):
        Connection.objects.filter(pk=linked.pk).update(state=State.REVOKED)
    with pytest.raises(NotConnected):
        ask(alice, linked)


def test_the_page_says_why_it_cannot_sync(alice: Persona, linked: Connection) -> None:
    with workspace_scope(alice.workspace.pk):
        Connection.objects.filter(pk=linked.pk).update(state=State.REVOKED, problem=Problem.REVOKED)
    answer = alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk), follow=True)
    assert b"no longer connected" in answer.content
    assert b"Connect again" in answer.content


def test_the_clock_starts_what_is_due_and_only_that(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    assert queue.sweep(alice) == []
    with workspace_scope(alice.workspace.pk):
        Connection.objects.filter(pk=linked.pk).update(due_at=timezone.now())
    assert queue.sweep(alice) == [REQUEST_DUE_SYNC]
    assert queue.sweep(alice) == [RUN_SYNC]
    assert queue.sweep(alice) == []
    assert [one.trigger for one in runs_of(alice, linked)] == ["first", "schedule"]
    with opened(alice, linked) as now:
        assert now.due_at is not None
        assert timedelta(hours=2) < now.due_at - timezone.now() < timedelta(hours=6)


def test_a_young_bank_that_still_gathers_history_is_looked_at_again_soon(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    object.__setattr__(harbor.world.settings, "ready_seconds", 100.0)
    connection = link_bank(alice, harbor, queue)
    run = runs_of(alice, connection)[0]
    assert (run.state, run.problem) == (RunState.WAITING, Problem.NOT_READY)
    harbor.clock.ahead = 101
    with workspace_scope(alice.workspace.pk):
        SyncRun.objects.filter(pk=run.pk).update(due_at=timezone.now())
    queue.run(RUN_SYNC, str(alice.workspace.pk), str(run.pk))
    run = assert_synced(alice, connection)
    assert not run.has_history
    with opened(alice, connection) as now:
        assert now.due_at is not None
        assert now.due_at - timezone.now() < timedelta(minutes=1)


# R95
def test_who_asked_is_on_record(alice: Persona, linked: Connection) -> None:
    ask(alice, linked)
    with workspace_scope(alice.workspace.pk):
        event = Event.objects.filter(action="integrations.sync.requested").latest("occurred_at")
        assert (event.actor_id, event.target_id) == (alice.user.pk, linked.pk)
