"""News that cannot be followed yet: kept, tried again ever more rarely, left to operators, and forgotten in the end. R66."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from audit.models import Event
from billing.actions.inbox import FIRST_WAIT, LONGEST_WAIT, MOST_ATTEMPTS
from billing.models import Customer, EventState, StripeEvent
from billing.queues import DELETE_OLD_EVENTS, FIND_DUE_EVENTS, FIND_OLD_EVENTS, HANDLE_EVENT
from config.waiting import grown
from tests.billing.support import deliver, events_of, inbox, now_of, pay
from tests.integrations.linked import TaskQueue
from tests.integrations.sandbox.stripe.support import StripeSandbox
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona
from trust.operators.actions import replay_news

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


def completed(till: StripeSandbox) -> dict[str, Any]:
    return next(event for event in events_of(till) if event["type"] == "checkout.session.completed")


@pytest.fixture
def stuck(alice: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue) -> Persona:
    """Somebody has paid; Stripe told us of it, and was away when we asked."""
    pay(alice, till)
    event = completed(till)
    till.switch("html", "/v1/subscriptions", times=0)
    assert deliver(client, event) == 200
    assert queue.work() == [HANDLE_EVENT]
    return alice


def make_due(persona: Persona) -> None:
    with workspace_scope(persona.workspace.pk):
        StripeEvent.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def asked_by_clock(queue: TaskQueue, persona: Persona) -> list[str]:
    """What the clock asks for in one workspace; earlier tests have left work of their own behind."""
    queue.run(FIND_DUE_EVENTS)
    return [ids[1] for name, ids in queue.discard() if name == HANDLE_EVENT and ids[0] == str(persona.workspace.pk)]


def wait_of(event: StripeEvent) -> timedelta:
    return event.due_at - timezone.now()


def test_stripe_away_leaves_the_news_where_it_is_until_stripe_is_back(
    stuck: Persona, till: StripeSandbox, queue: TaskQueue
) -> None:
    (event,) = inbox(stuck)
    assert (event.state, event.attempts, event.problem) == ("received", 1, "away")
    assert now_of(stuck).plan == "trial"
    # Not due yet, so the clock leaves it alone.
    assert asked_by_clock(queue, stuck) == []
    till.clear_switches()
    make_due(stuck)
    assert asked_by_clock(queue, stuck) == [str(event.pk)]
    queue.run(HANDLE_EVENT, str(stuck.workspace.pk), str(event.pk))
    assert [one.state for one in inbox(stuck)] == ["handled"]
    assert now_of(stuck).plan == "team"


def test_waits_grow_and_are_bounded() -> None:
    waits = [grown(FIRST_WAIT, attempts, LONGEST_WAIT) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert timedelta(seconds=45) <= waits[0] <= timedelta(seconds=75)
    # Whatever chance has added, the wait after the next is longer, until it is as long as it gets.
    assert all(later > sooner for sooner, later in zip(waits[:6], waits[2:8], strict=True))
    assert max(waits) <= timedelta(hours=5)
    assert sum(waits, timedelta()) > timedelta(days=1)


def test_each_time_that_stripe_is_away_puts_the_news_off_further_and_at_last_it_is_given_up(
    stuck: Persona, queue: TaskQueue
) -> None:
    (event,) = inbox(stuck)
    with workspace_scope(stuck.workspace.pk):
        StripeEvent.objects.update(attempts=4)
    make_due(stuck)
    queue.run(HANDLE_EVENT, str(stuck.workspace.pk), str(event.pk))
    (event,) = inbox(stuck)
    assert event.attempts == 5
    assert timedelta(minutes=11) < wait_of(event) < timedelta(minutes=21)

    with workspace_scope(stuck.workspace.pk):
        StripeEvent.objects.update(attempts=MOST_ATTEMPTS - 1)
    make_due(stuck)
    queue.run(HANDLE_EVENT, str(stuck.workspace.pk), str(event.pk))
    (event,) = inbox(stuck)
    assert (event.state, event.problem) == ("failed", "away")
    assert asked_by_clock(queue, stuck) == []
    with workspace_scope(stuck.workspace.pk):
        assert Event.objects.filter(action="billing.event.given_up").count() == 1


def test_what_was_given_up_is_taken_up_again_when_stripe_sends_it_again(
    stuck: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue
) -> None:
    with workspace_scope(stuck.workspace.pk):
        StripeEvent.objects.update(state=EventState.FAILED)
    till.clear_switches()
    assert deliver(client, completed(till)) == 200
    assert queue.work() == [HANDLE_EVENT]
    assert [one.state for one in inbox(stuck)] == ["handled"]
    assert now_of(stuck).plan == "team"


def test_a_worker_leaves_alone_what_another_is_at(stuck: Persona, till: StripeSandbox, queue: TaskQueue) -> None:
    (event,) = inbox(stuck)
    till.clear_switches()
    queue.run(HANDLE_EVENT, str(stuck.workspace.pk), str(event.pk))
    assert [(one.state, one.attempts) for one in inbox(stuck)] == [("received", 1)]


def test_news_that_a_later_look_has_seen_costs_no_other(
    alice: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue
) -> None:
    pay(alice, till)
    for event in events_of(till):
        deliver(client, event)
    before = len(till.seen("requests"))
    names = queue.work()
    assert names.count(HANDLE_EVENT) >= 4
    assert len(till.seen("requests")) - before == 3
    assert {one.state for one in inbox(alice)} == {"handled"}


def test_an_operator_has_news_followed_once_more_and_it_is_really_asked_for(
    alice: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue
) -> None:
    pay(alice, till)
    deliver(client, completed(till))
    queue.work()
    (event,) = inbox(alice)
    assert event.state == "handled"
    number = looks(alice)

    replay_news(actor=alice.actor, workspace_id=alice.workspace.pk, event_id=event.pk)

    assert queue.work() == [HANDLE_EVENT]
    assert looks(alice) == number + 1
    assert [one.state for one in inbox(alice)] == ["handled"]
    with workspace_scope(alice.workspace.pk):
        assert Event.objects.filter(action="billing.event.replayed").count() == 1


def looks(persona: Persona) -> int:
    with workspace_scope(persona.workspace.pk):
        return Customer.objects.get().refreshed_number


def test_news_followed_a_month_ago_is_forgotten(
    alice: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue
) -> None:
    pay(alice, till)
    for event in events_of(till):
        deliver(client, event)
    queue.work()
    old = timezone.now() - timedelta(days=31)
    ids: list[UUID] = [one.pk for one in inbox(alice)]
    with workspace_scope(alice.workspace.pk):
        StripeEvent.objects.filter(pk=ids[0]).update(handled_at=old, due_at=old)
        StripeEvent.objects.filter(pk=ids[1]).update(
            handled_at=None, due_at=old, state=EventState.FAILED, received_at=old
        )
    queue.run(FIND_OLD_EVENTS)
    asked = [arguments for name, arguments in queue.discard() if name == DELETE_OLD_EVENTS]
    assert [str(alice.workspace.pk)] in asked
    queue.run(DELETE_OLD_EVENTS, str(alice.workspace.pk))
    # What was never followed stays, however old.
    assert [one.pk for one in inbox(alice)] == ids[1:]


def test_an_error_of_our_own_keeps_the_news_too(
    alice: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(alice, till)
    monkeypatch.setattr("billing.refreshing.make_out", lambda *_: 1 / 0)
    deliver(client, completed(till))
    queue.work()
    (event,) = inbox(alice)
    assert (event.state, event.problem) == ("received", "error")


def test_news_is_answered_before_stripe_is_asked_anything(
    alice: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue
) -> None:
    pay(alice, till)
    event = completed(till)
    before = len(till.seen("requests"))
    assert deliver(client, event) == 200
    assert len(till.seen("requests")) == before
    assert [name for name, _ in queue.discard()] == [HANDLE_EVENT]
