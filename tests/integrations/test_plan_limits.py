"""What a plan allows of banks and books: how many, how far back, and whether anything new is read. R64."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.models import Plan, PlanState
from accounts.permissions import Role
from audit.log import Actor
from audit.models import Event
from integrations.actions import disconnect, request_sync
from integrations.actions.syncs import sync_when_allowed
from integrations.models import Connection, ItemRemoval, LinkSession, LinkState, SyncRun, Trigger
from integrations.problems import State
from integrations.queues import REQUEST_DUE_SYNC
from tests.integrations.faults import interpose
from tests.integrations.linked import (
    TaskQueue,
    assert_synced,
    consent,
    last_run,
    link_bank,
    linked_page,
    opened,
    page_of,
    reconnect,
    runs_of,
)
from tests.integrations.support import FIRST_HARBOR, Sandbox
from tests.support.connections import make_connection
from tests.support.people import Persona, make_member
from tests.support.plans import change_plan, end_trial

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

FULL = "The plan has no connection left"
PAUSED = "so nothing new comes in from banks and books"


def sessions_of(persona: Persona) -> list[LinkSession]:
    with workspace_scope(persona.workspace.pk):
        return list(LinkSession.objects.order_by("created_at"))


def connections_of(persona: Persona) -> int:
    with workspace_scope(persona.workspace.pk):
        return Connection.objects.exclude(state=State.DISCONNECTED).count()


def make_due(persona: Persona, connection: Connection, **facts: Any) -> None:
    with workspace_scope(persona.workspace.pk):
        Connection.objects.filter(pk=connection.pk).update(due_at=timezone.now() - timedelta(minutes=1), **facts)


def test_nobody_is_sent_to_a_bank_beyond_the_limit(alice: Persona, harbor: Sandbox) -> None:
    make_connection(alice.workspace)
    change_plan(alice, connection_limit=1)
    answer = alice.client.post(page_of(alice, "create_link"), follow=True)
    page = answer.content.decode()

    assert answer.redirect_chain[0][0].startswith(f"/w/{alice.workspace.slug}/")
    assert FULL in page
    assert "Settings › Billing" in page
    assert sessions_of(alice) == []


def test_the_page_says_so_before_anybody_tries(alice: Persona) -> None:
    make_connection(alice.workspace)
    here = page_of(alice, "connections")
    assert "Connect a bank" in alice.client.get(here).content.decode()
    change_plan(alice, connection_limit=1)
    page = alice.client.get(here).content.decode()

    assert "Every connection that the plan allows is in use" in page
    assert f'href="/w/{alice.workspace.slug}/settings/billing/">Plans' in page
    assert "Connect a bank" not in page


def test_a_bank_that_was_disconnected_takes_no_place(alice: Persona, harbor: Sandbox) -> None:
    connection_id = make_connection(alice.workspace)
    change_plan(alice, connection_limit=1)
    with workspace_scope(alice.workspace.pk):
        disconnect(actor=alice.actor, connection_id=connection_id)

    assert alice.client.post(page_of(alice, "create_link"))["Location"].startswith(harbor.url)


def test_of_two_visits_at_once_the_last_place_goes_to_one(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    change_plan(alice, connection_limit=1)
    pages = [alice.client.post(page_of(alice, "create_link"))["Location"] for _ in range(2)]
    first, second = (consent(page, bank) for page, bank in zip(pages, (FIRST_HARBOR, "ins_901"), strict=True))
    alice.client.get(first)
    queue.work()
    alice.client.get(second)
    queue.work()

    assert connections_of(alice) == 1
    assert [one.state for one in sessions_of(alice)] == [LinkState.LINKED, LinkState.FULL]
    assert FULL in alice.client.get(second).content.decode()
    with workspace_scope(alice.workspace.pk):
        assert ItemRemoval.objects.count() == 1


def test_a_smaller_plan_keeps_what_is_connected_and_lets_it_be_signed_in_again(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue)
    make_connection(alice.workspace, "Another")
    change_plan(alice, connection_limit=1)
    with workspace_scope(alice.workspace.pk):
        Connection.objects.filter(pk=connection.pk).update(state=State.NEEDS_REAUTH, problem="needs_reauth")
    reconnect(alice, harbor, queue, connection)

    with opened(alice, connection) as now:
        assert now.state == State.CONNECTED
    assert connections_of(alice) == 2


@pytest.mark.parametrize(("months", "days"), [(12, 365), (24, 730), (36, 730)])
def test_a_bank_is_asked_as_far_back_as_the_plan_goes(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, months: int, days: int
) -> None:
    change_plan(alice, history_months=months)
    with interpose(harbor) as log:
        alice.client.post(page_of(alice, "create_link"))

    assert log.requests[0][1]["transactions"] == {"days_requested": days}


def test_without_a_plan_a_person_is_told_why_nothing_is_read(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    runs = len(runs_of(alice, connection))
    end_trial(alice)
    address = page_of(alice, "create_sync", connection_id=connection.pk)
    answer = alice.client.post(address, follow=True)
    page = answer.content.decode()

    assert answer.status_code == 200
    assert page.count(PAUSED) == 2
    assert "can see to it under Settings › Billing" in page
    assert "When the plan allows it again" in page
    assert len(runs_of(alice, connection)) == runs
    manager = make_member("carol", alice.workspace, Role.MANAGER)
    assert "Ask an Owner or Admin." in manager.client.post(address, follow=True).content.decode()


def test_without_a_plan_nobody_is_sent_to_a_bank(alice: Persona, harbor: Sandbox) -> None:
    change_plan(alice, plan=Plan.TEAM, state=PlanState.UNPAID, ends_at=None)
    page = alice.client.post(page_of(alice, "create_link"), follow=True).content.decode()

    assert "The plan is unpaid" in page
    assert sessions_of(alice) == []


def test_the_clock_passes_over_it_and_nothing_has_failed(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    runs = len(runs_of(alice, connection))
    end_trial(alice)
    make_due(alice, connection)
    queue.run(REQUEST_DUE_SYNC, str(alice.workspace.pk), str(connection.pk))

    with opened(alice, connection) as now:
        assert (now.state, now.problem, now.failures) == (State.CONNECTED, "", 0)
        assert now.due_at is not None
        assert now.due_at > timezone.now() + timedelta(hours=3)
    assert len(runs_of(alice, connection)) == runs


def test_with_a_plan_the_clock_would_have_read_it(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    runs = len(runs_of(alice, connection))
    make_due(alice, connection)
    queue.run(REQUEST_DUE_SYNC, str(alice.workspace.pk), str(connection.pk))

    assert len(runs_of(alice, connection)) == runs + 1


def test_a_bank_that_has_news_is_not_read_either(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    end_trial(alice)
    with workspace_scope(alice.workspace.pk):
        runs = SyncRun.objects.count()
        sync_when_allowed(actor=Actor.provider("plaid"), connection_id=connection.pk, trigger=Trigger.WEBHOOK)
        assert SyncRun.objects.count() == runs


def test_when_there_is_a_plan_again_what_was_put_off_is_read_soon(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue)
    end_trial(alice)
    make_due(alice, connection)
    queue.sweep(alice)
    with opened(alice, connection) as now:
        assert now.due_at is not None
        assert now.due_at > timezone.now()
    queue.discard()
    runs = len(runs_of(alice, connection))
    change_plan(alice, plan=Plan.TEAM, state=PlanState.ACTIVE, ends_at=None)
    assert queue.work() == ["integrations.resume_syncs"]
    queue.sweep(alice)
    queue.work()

    assert len(runs_of(alice, connection)) == runs + 1
    assert_synced(alice, connection)
    assert last_run(alice, connection).trigger == Trigger.SCHEDULE
    with workspace_scope(alice.workspace.pk):
        assert Event.objects.filter(action="integrations.syncs.resumed").count() == 1


def test_what_is_in_trouble_keeps_to_its_own_waits(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    later = timezone.now() + timedelta(hours=9)
    end_trial(alice)
    with workspace_scope(alice.workspace.pk):
        Connection.objects.filter(pk=connection.pk).update(due_at=later, failures=4)
    change_plan(alice, plan=Plan.TEAM, state=PlanState.ACTIVE, ends_at=None)
    queue.work()

    with opened(alice, connection) as now:
        assert now.due_at == later


def test_a_plan_that_was_there_all_along_asks_for_nothing(alice: Persona, queue: TaskQueue) -> None:
    change_plan(alice, plan=Plan.TEAM, state=PlanState.ACTIVE, ends_at=None)

    assert queue.work() == []


def test_who_signs_in_at_the_bank_again_without_a_plan_has_their_sync_later(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue)
    runs = len(runs_of(alice, connection))
    end_trial(alice)
    with workspace_scope(alice.workspace.pk):
        Connection.objects.filter(pk=connection.pk).update(
            state=State.NEEDS_REAUTH, problem="needs_reauth", due_at=None
        )
    reconnect(alice, harbor, queue, connection)

    with opened(alice, connection) as now:
        assert now.state == State.CONNECTED
        assert now.due_at is not None
    assert len(runs_of(alice, connection)) == runs


def test_an_operator_who_asks_for_a_sync_is_told_too(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    from integrations.actions.allowance import SyncsPaused

    connection = link_bank(alice, harbor, queue)
    end_trial(alice)
    with workspace_scope(alice.workspace.pk), pytest.raises(SyncsPaused, match="free trial ended on"):
        request_sync(actor=alice.actor, connection_id=connection.pk, trigger=Trigger.PERSON)


def test_the_page_that_is_come_back_to_is_the_same(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    path = linked_page(alice, harbor)

    assert alice.client.get(path).status_code == 200
