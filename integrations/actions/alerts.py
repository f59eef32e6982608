"""Mails to the people who can help a bank connection: one each for a trouble, asked for in the transaction that notes it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Membership
from accounts.permissions import Permission, roles_with
from audit.log import Actor, Target, record
from config.enqueueing import enqueue_after_commit
from integrations.models import Alert, AlertKind, AlertState, Connection
from integrations.queues import SEND_ALERT
from integrations.timing import QUEUE_GRACE, until_next_try
from vault.tenancy import current_workspace_id

MOST_ATTEMPTS = 12
# A bank whose troubles come and go is no reason for more than one mail of a kind in this time.
APART = timedelta(days=1)


@transaction.atomic
def request_alerts(*, actor: Actor, connection: Connection, kind: AlertKind) -> None:
    """Tell all who may manage connections, except who was told of this trouble already. The connection is locked.

    Who was told of another one less than a day ago is told when the day is over, if the trouble is not.
    """
    told = Alert.objects.filter(connection=connection, kind=kind, closed_at=None).values_list("user_id", flat=True)
    helpers = Membership.objects.filter(
        role__in=roles_with(Permission.MANAGE_CONNECTIONS), user__is_active=True
    ).values_list("user_id", flat=True)
    now = timezone.now()
    last = _last_mails(connection, kind)
    alerts = [
        Alert(
            connection=connection,
            user_id=user_id,
            kind=kind,
            due_at=max(now + QUEUE_GRACE, last[user_id] + APART) if user_id in last else now + QUEUE_GRACE,
        )
        for user_id in sorted(set(helpers) - set(told))
    ]
    if not alerts:
        return
    Alert.objects.bulk_create(alerts)
    # What is due later the clock finds.
    for alert in alerts:
        if alert.user_id not in last:
            enqueue_after_commit(SEND_ALERT, current_workspace_id(), alert.pk)
    record(
        actor=actor,
        action="integrations.alert.requested",
        target=Target("connection", connection.pk),
        detail={"kind": kind.value, "people": len(alerts)},
    )


@transaction.atomic
def close_alerts(*, actor: Actor, connection: Connection, kinds: tuple[AlertKind, ...] = tuple(AlertKind)) -> None:
    """The trouble is over: what was not sent yet is dropped, and the next trouble is a new one. Not recorded by itself."""
    open_ones = Alert.objects.filter(connection=connection, kind__in=kinds, closed_at=None)
    open_ones.filter(state=AlertState.DUE).update(state=AlertState.DROPPED, due_at=None)
    open_ones.update(closed_at=timezone.now())


@transaction.atomic
def complete_alert(*, actor: Actor, alert_id: UUID) -> None:
    """The mail has been handed to the mail server."""
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    alert.state, alert.due_at, alert.sent_at = AlertState.SENT, None, timezone.now()
    alert.save(update_fields=["state", "due_at", "sent_at"])
    record(
        actor=actor,
        action="integrations.alert.sent",
        target=Target("connection", alert.connection_id),
        detail={"kind": alert.kind, "person": str(alert.user_id)},
    )


@transaction.atomic
def put_off_alert(*, actor: Actor, alert_id: UUID) -> None:
    """The mail server did not take the mail: it is tried again, ever more rarely, and then no more."""
    alert = Alert.objects.select_for_update().filter(pk=alert_id, state=AlertState.DUE).first()
    if alert is None:
        return
    alert.attempts += 1
    alert.due_at = timezone.now() + until_next_try(alert.attempts)
    if alert.attempts >= MOST_ATTEMPTS:
        alert.state, alert.due_at = AlertState.DROPPED, None
        record(
            actor=actor,
            action="integrations.alert.given_up",
            target=Target("connection", alert.connection_id),
            detail={},
        )
    alert.save(update_fields=["attempts", "state", "due_at"])


def _last_mails(connection: Connection, kind: AlertKind) -> dict[UUID, datetime]:
    """When each person was last told of this kind of trouble, if that is less than a day ago."""
    recent = Alert.objects.filter(connection=connection, kind=kind, sent_at__gt=timezone.now() - APART)
    return dict(recent.values("user_id").annotate(last=Max("sent_at")).values_list("user_id", "last"))
