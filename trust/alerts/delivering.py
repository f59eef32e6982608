"""Sending to a workspace's endpoint: at least once, with the same id in every try, and never longer than ten seconds.

The host is the customer's choice, so it is reached on the public web only; what it answers is not kept but for the status.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.access import workspace_scope
from audit.log import Actor
from config.outbound import Bounds, Call, OutboundFailed, OutboundRefused, OutboundSession
from integrations.providers.secret import Secret
from trust.alerts.actions import complete_delivery, put_off_delivery
from trust.alerts.actions.deliveries import QUEUE_GRACE
from trust.alerts.models import Delivery, Endpoint
from trust.alerts.signing import EVENT_HEADER, HEADER, sign_message
from trust.alerts.web import allowed_web
from vault.keyring import destroyed_workspace_ids

ACTOR = Actor.system("alerts")
BOUNDS = Bounds(connect=3, read=5, total=7)
LARGEST_REPLY = 64 * 1024
# As long as a worker may take over one message before another takes its place.
CLAIM = timedelta(minutes=1)
AGENT = "Counterfoil-Alerts/1"


@dataclass(frozen=True, slots=True, repr=False)
class _Message:
    id: UUID
    url: str
    body: bytes
    secrets: tuple[Secret, ...]


def send_delivery(workspace_id: UUID, delivery_id: UUID) -> None:
    """Send one message that is due. Outside any scope."""
    message = _claim(workspace_id, delivery_id)
    if message is None:
        return
    is_taken, result = _post(message)
    outcome = complete_delivery if is_taken else put_off_delivery
    with workspace_scope(workspace_id):
        outcome(actor=ACTOR, delivery_id=delivery_id, result=result)


def find_due() -> Iterator[tuple[UUID, UUID]]:
    """The workspace and id of each message that is due, where the workspace still has its key. Asked as the scheduler."""
    destroyed = destroyed_workspace_ids()
    due = Delivery.objects.using("scheduler").filter(due_at__lte=timezone.now())
    for workspace_id, delivery_id in due.values_list("workspace_id", "id"):
        if workspace_id not in destroyed:
            yield workspace_id, delivery_id


def _claim(workspace_id: UUID, delivery_id: UUID) -> _Message | None:
    with workspace_scope(workspace_id):
        delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
        now = timezone.now()
        # A new one is due in moments; what is due later is being sent by another worker, or was put off.
        if delivery is None or delivery.due_at > now + QUEUE_GRACE:
            return None
        endpoint = Endpoint.objects.filter(state=Endpoint.State.ACTIVE).first()
        if endpoint is None:
            delivery.delete()
            return None
        delivery.due_at = now + CLAIM
        delivery.save(update_fields=["due_at"])
        return _Message(delivery.pk, endpoint.url, delivery.body, _secrets(endpoint))


def _secrets(endpoint: Endpoint) -> tuple[Secret, ...]:
    is_former_valid = endpoint.former_until is not None and endpoint.former_until > timezone.now()
    given = (endpoint.secret, endpoint.former_secret if is_former_valid else None)
    return tuple(secret for secret in given if secret is not None)


def _post(message: _Message) -> tuple[bool, str]:
    """Whether it was taken, and the answer's status or what came in its place."""
    headers = {
        HEADER: sign_message(message.body, message.secrets, at=int(time.time())),
        EVENT_HEADER: str(message.id),
        "User-Agent": AGENT,
    }
    try:
        with OutboundSession(allowed_web(), _forget, LARGEST_REPLY) as session:
            reply = session.post_json(message.url, message.body, headers, BOUNDS)
    except OutboundRefused as refused:
        return False, refused.reason
    except OutboundFailed as failed:
        return False, failed.kind
    return 200 <= reply.status < 300, str(reply.status)


def _forget(call: Call) -> None:
    """The host and path are the customer's own, and may hold a token: they are written nowhere."""
