"""What waits to be sent to a workspace's endpoint, and what becomes of it. A message that was taken is deleted."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from config.enqueueing import enqueue_after_commit
from config.waiting import grown
from trust.alerts.actions.endpoints import NoEndpoint, disable_endpoint
from trust.alerts.bodies import alert_body, test_body
from trust.alerts.models import Alert, Delivery, Endpoint
from trust.alerts.queues import SEND_DELIVERY
from vault.tenancy import SITE_ID, current_workspace_id

# One minute, two, four …: with eight tries the last is two hours after the first.
MOST_ATTEMPTS = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
# A receiver that takes nothing must not let a queue grow; mails tell of what is left out.
MOST_WAITING = 100
# A message whose task got lost is found by the clock after this.
QUEUE_GRACE = timedelta(seconds=30)


@transaction.atomic
def deliver_alert(*, actor: Actor, alert: Alert) -> None:
    """Send an alert of the workspace in scope to its endpoint, if it has one. Not recorded: the alert itself is."""
    if current_workspace_id() == SITE_ID or not _may_wait():
        return
    delivery = Delivery()
    _queue(delivery, alert_body(delivery.pk, alert))


@transaction.atomic
def request_test(*, actor: Actor) -> None:
    """Send a message that says it is a test. It is tried once. Raises NoEndpoint."""
    if not _may_wait():
        raise NoEndpoint
    delivery = Delivery(is_test=True)
    _queue(delivery, test_body(delivery.pk))
    record(actor=actor, action="alerts.webhook.test_requested", target=Target("delivery", delivery.pk))


@transaction.atomic
def complete_delivery(*, actor: Actor, delivery_id: UUID, result: str) -> None:
    """The receiver has taken it; `result` is its answer's status. Quiet when it was withdrawn meanwhile."""
    delivery = _take(delivery_id)
    if delivery is not None:
        _note(result)
        delivery.delete()


@transaction.atomic
def put_off_delivery(*, actor: Actor, delivery_id: UUID, result: str) -> None:
    """The receiver did not take it: it is tried again, ever more rarely; after the last try nothing is sent any more."""
    delivery = _take(delivery_id)
    if delivery is None:
        return
    _note(result)
    delivery.attempts += 1
    if delivery.is_test:
        delivery.delete()
    elif delivery.attempts >= MOST_ATTEMPTS:
        disable_endpoint(actor=actor)
    else:
        delivery.due_at = timezone.now() + grown(FIRST_WAIT, delivery.attempts, LONGEST_WAIT)
        delivery.save(update_fields=["attempts", "due_at"])


def _take(delivery_id: UUID) -> Delivery | None:
    """A message, locked after where it goes: in that order whoever sets or removes the address locks them too."""
    Endpoint.objects.select_for_update().first()
    return Delivery.objects.select_for_update().filter(pk=delivery_id).first()


def _may_wait() -> bool:
    is_there = Endpoint.objects.filter(state=Endpoint.State.ACTIVE).exists()
    return is_there and Delivery.objects.count() < MOST_WAITING


def _queue(delivery: Delivery, body: bytes) -> None:
    delivery.body, delivery.due_at = body, timezone.now() + QUEUE_GRACE
    delivery.save(force_insert=True)
    enqueue_after_commit(SEND_DELIVERY, current_workspace_id(), delivery.pk)


def _note(result: str) -> None:
    Endpoint.objects.update(result=result, tried_at=timezone.now())
