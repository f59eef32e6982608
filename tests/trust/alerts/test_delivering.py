"""Messages to a workspace's endpoint: signed, at least once, bounded, and given up in the end."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import workspace_scope
from audit.log import Target, record
from audit.models import Event
from tests.support.people import Persona
from tests.trust.alerts.receiving import Receiver, is_signed, running_receiver
from tests.trust.alerts.records import alerts_in, catch_up, follow
from trust.alerts.actions import (
    NoEndpoint,
    complete_delivery,
    put_off_delivery,
    remove_endpoint,
    request_test,
    rotate_secret,
    set_endpoint,
)
from trust.alerts.actions.deliveries import MOST_ATTEMPTS, MOST_WAITING
from trust.alerts.delivering import BOUNDS, find_due, send_delivery
from trust.alerts.models import Delivery, Endpoint

# The worker of other tests in this process must not send what is counted here.
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "scheduler"]),
    pytest.mark.usefixtures("queue"),
]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with running_receiver() as running:
        settings.ALERT_WEBHOOK_SANDBOX = running.origin
        yield running


@pytest.fixture
def secret(alice: Persona, receiver: Receiver) -> str:
    catch_up()
    catch_up(alice.workspace.pk)
    with workspace_scope(alice.workspace.pk):
        return set_endpoint(actor=alice.actor, url=f"{receiver.origin}/hook").reveal()


def connect(persona: Persona) -> None:
    with workspace_scope(persona.workspace.pk):
        record(actor=persona.actor, action="integrations.connection.created", target=Target("connection", uuid4()))
    follow(persona.workspace.pk)


def waiting(persona: Persona) -> list[Delivery]:
    with workspace_scope(persona.workspace.pk):
        return list(Delivery.objects.order_by("created_at"))


def send_all(persona: Persona) -> None:
    for delivery in waiting(persona):
        with workspace_scope(persona.workspace.pk):
            Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now())
        send_delivery(persona.workspace.pk, delivery.pk)


def endpoint_of(persona: Persona) -> Endpoint:
    with workspace_scope(persona.workspace.pk):
        return Endpoint.objects.get()


def test_an_alert_arrives_signed_and_names_nobody(alice: Persona, secret: str, receiver: Receiver) -> None:
    connect(alice)
    send_all(alice)

    (received,) = receiver.received
    assert received.path == "/hook"
    assert received.headers["Content-Type"] == "application/json"
    assert is_signed(received, secret)
    assert not is_signed(received, "another secret")
    message = received.message
    assert received.headers["Counterfoil-Event"] == message["id"]
    assert (message["type"], message["rule"], message["severity"], message["count"]) == (
        "alert",
        "connection_added",
        "notice",
        1,
    )
    assert message["link"].endswith(f"/w/{alice.workspace.slug}/settings/alerts/")
    assert alice.user.email not in received.body.decode()
    assert "Alder" not in received.body.decode()
    assert waiting(alice) == []
    assert endpoint_of(alice).result == "204"


def test_an_altered_body_is_not_signed(alice: Persona, secret: str, receiver: Receiver) -> None:
    connect(alice)
    send_all(alice)
    (received,) = receiver.received

    assert is_signed(received, secret)
    altered = type(received)(received.path, received.headers, received.body.replace(b"notice", b"critic"))
    assert not is_signed(altered, secret)


def test_a_receiver_that_fails_gets_the_same_message_again(alice: Persona, secret: str, receiver: Receiver) -> None:
    receiver.status = 500
    connect(alice)
    send_all(alice)
    (delivery,) = waiting(alice)
    assert delivery.attempts == 1
    assert delivery.due_at > timezone.now() + timedelta(seconds=30)
    receiver.status = 200
    send_all(alice)

    first, second = receiver.received
    assert first.body == second.body
    assert first.headers["Counterfoil-Event"] == second.headers["Counterfoil-Event"]
    assert waiting(alice) == []


def test_what_was_put_off_is_not_sent_before_its_time(alice: Persona, secret: str, receiver: Receiver) -> None:
    receiver.status = 500
    connect(alice)
    send_all(alice)
    (delivery,) = waiting(alice)
    send_delivery(alice.workspace.pk, delivery.pk)

    assert len(receiver.received) == 1
    assert (alice.workspace.pk, delivery.pk) not in set(find_due())


def test_a_message_whose_task_got_lost_is_found_by_the_clock(alice: Persona, secret: str) -> None:
    connect(alice)
    (delivery,) = waiting(alice)
    with workspace_scope(alice.workspace.pk):
        Delivery.objects.update(due_at=timezone.now())

    assert (alice.workspace.pk, delivery.pk) in set(find_due())


def test_a_receiver_that_takes_nothing_for_hours_is_left_alone_and_people_are_told(
    alice: Persona, secret: str, receiver: Receiver
) -> None:
    receiver.status = 500
    connect(alice)
    for _ in range(MOST_ATTEMPTS):
        send_all(alice)

    assert len(receiver.received) == MOST_ATTEMPTS
    assert endpoint_of(alice).state == Endpoint.State.DISABLED
    assert waiting(alice) == []
    follow(alice.workspace.pk)
    assert "webhook_disabled" in {alert.rule for alert in alerts_in(alice.workspace.pk)}
    connect(alice)
    assert waiting(alice) == []


def test_the_queue_of_a_receiver_is_bounded(alice: Persona, secret: str) -> None:
    with workspace_scope(alice.workspace.pk):
        now = timezone.now()
        Delivery.objects.bulk_create(Delivery(body=b"{}", due_at=now) for _ in range(MOST_WAITING))
    connect(alice)

    assert len(waiting(alice)) == MOST_WAITING
    assert len(alerts_in(alice.workspace.pk)) == 1


def test_two_secrets_sign_for_a_day_after_a_rotation(alice: Persona, secret: str, receiver: Receiver) -> None:
    with workspace_scope(alice.workspace.pk):
        newer = rotate_secret(actor=alice.actor).reveal()
    connect(alice)
    send_all(alice)
    with workspace_scope(alice.workspace.pk):
        Endpoint.objects.update(former_until=timezone.now())
    connect(alice)
    send_all(alice)

    both, one = receiver.received
    assert newer != secret
    assert is_signed(both, newer)
    assert is_signed(both, secret)
    assert is_signed(one, newer)
    assert not is_signed(one, secret)


def test_a_redirect_is_not_followed(alice: Persona, secret: str, receiver: Receiver) -> None:
    receiver.status, receiver.location = 307, f"{receiver.origin}/elsewhere"
    connect(alice)
    send_all(alice)

    assert [received.path for received in receiver.received] == ["/hook"]
    assert endpoint_of(alice).result == "redirect"


# SSRF: an address on this machine that is not the one exception gets nothing.
def test_what_is_not_on_the_public_web_gets_nothing(
    alice: Persona, secret: str, receiver: Receiver, settings: Any
) -> None:
    settings.ALERT_WEBHOOK_SANDBOX = ""
    connect(alice)
    send_all(alice)

    assert receiver.received == []
    assert endpoint_of(alice).result == "origin"


def test_a_test_is_tried_once(alice: Persona, secret: str, receiver: Receiver) -> None:
    receiver.status = 500
    with workspace_scope(alice.workspace.pk):
        request_test(actor=alice.actor)
    send_all(alice)

    (received,) = receiver.received
    assert received.message["type"] == "test"
    assert is_signed(received, secret)
    assert waiting(alice) == []
    assert (endpoint_of(alice).result, endpoint_of(alice).state) == ("500", "active")


def test_another_address_gets_another_secret_and_nothing_of_what_waited(
    alice: Persona, secret: str, receiver: Receiver
) -> None:
    connect(alice)
    with workspace_scope(alice.workspace.pk):
        newer = set_endpoint(actor=alice.actor, url=f"{receiver.origin}/other").reveal()
    assert newer != secret
    assert waiting(alice) == []
    connect(alice)
    send_all(alice)
    (received,) = receiver.received
    assert received.path == "/other"
    assert not is_signed(received, secret)


def test_what_an_old_address_answered_is_not_said_of_the_new_one(
    alice: Persona, secret: str, receiver: Receiver
) -> None:
    connect(alice)
    (delivery,) = waiting(alice)
    with workspace_scope(alice.workspace.pk):
        set_endpoint(actor=alice.actor, url=f"{receiver.origin}/other")
        complete_delivery(actor=alice.actor, delivery_id=delivery.pk, result="204")
        put_off_delivery(actor=alice.actor, delivery_id=delivery.pk, result="500")
    assert (endpoint_of(alice).result, endpoint_of(alice).tried_at) == ("", None)


@pytest.mark.parametrize("outcome", [complete_delivery, put_off_delivery])
def test_an_outcome_locks_what_a_removal_locks_and_in_the_same_order(
    alice: Persona, secret: str, outcome: Callable[..., None]
) -> None:
    connect(alice)
    (delivery,) = waiting(alice)
    with workspace_scope(alice.workspace.pk), CaptureQueriesContext(connection) as noted:
        outcome(actor=alice.actor, delivery_id=delivery.pk, result="500")
    said = [query["sql"] for query in noted if "alerts_" in query["sql"]]
    locking = [sql for sql in said if "FOR UPDATE" in sql or sql.startswith(("UPDATE", "DELETE"))]
    assert "alerts_endpoint" in locking[0]
    assert any("alerts_delivery" in sql for sql in locking[1:])


def test_after_its_removal_nothing_is_sent(alice: Persona, secret: str, receiver: Receiver) -> None:
    connect(alice)
    with workspace_scope(alice.workspace.pk):
        remove_endpoint(actor=alice.actor)
        with pytest.raises(NoEndpoint):
            request_test(actor=alice.actor)
        told = Event.objects.filter(action__startswith="alerts.webhook.").order_by("occurred_at")
        assert [event.action for event in told] == ["alerts.webhook.set", "alerts.webhook.removed"]
    connect(alice)
    send_all(alice)

    assert receiver.received == []


def test_a_message_of_a_workspace_is_nothing_in_another(
    alice: Persona, mallory: Persona, secret: str, receiver: Receiver
) -> None:
    connect(alice)
    (delivery,) = waiting(alice)
    send_delivery(mallory.workspace.pk, delivery.pk)
    send_delivery(alice.workspace.pk, UUID(int=5))

    assert receiver.received == []
    assert len(waiting(alice)) == 1


def test_no_call_takes_longer_than_ten_seconds() -> None:
    assert BOUNDS.connect + BOUNDS.total <= 10


def test_no_secret_is_shown_by_accident(alice: Persona, secret: str) -> None:
    with workspace_scope(alice.workspace.pk):
        kept = Endpoint.objects.get().secret
    assert kept is not None
    assert kept.reveal() == secret
    assert secret not in f"{kept} {kept!r}"
