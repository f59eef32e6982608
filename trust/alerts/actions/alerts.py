"""Raising alerts and acknowledging them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from trust.alerts.actions.deliveries import deliver_alert
from trust.alerts.models import Alert
from trust.alerts.rules import RULES, Rule
from trust.alerts.sightings import Moment, Sighting
from trust.alerts.telling import tell_people


class AcknowledgedAlready(ValueError):
    """Somebody else was faster."""

    def __init__(self) -> None:
        super().__init__("Somebody has acknowledged this alert already.")


@transaction.atomic
def raise_alert(*, actor: Actor, rule: str, sighting: Sighting) -> Alert | None:
    """Open an alert in the scope entered, or count on in the one that is open; None while there are too few events.

    Who may help is told when one is opened, and again where events go on after the rule's window. Acknowledging ends it:
    what comes after opens another one.
    """
    found = RULES[rule]
    alert = (
        Alert.objects.select_for_update()
        .filter(rule=rule, subject_id=sighting.subject_id, state=Alert.State.OPEN)
        .first()
    )
    moments = _news(found, rule, alert, sighting)
    if not moments:
        return None
    now = timezone.now()
    if alert is None:
        alert = _open(rule, sighting, moments, now)
        target, detail = Target("alert", alert.pk), {"rule": rule, "alert": found.title}
        record(actor=actor, action="alerts.alert.raised", target=target, detail=detail)
    elif not _count_on(alert, sighting, moments, now, found):
        return alert
    tell_people(found)
    deliver_alert(actor=actor, alert=alert)
    return alert


@transaction.atomic
def acknowledge_alert(*, actor: Actor, alert_id: UUID) -> Alert:
    """Somebody has looked at an alert of the scope entered. Raises Alert.DoesNotExist, AcknowledgedAlready."""
    if actor.user_id is None:
        raise PermissionError("Only a person acknowledges an alert.")
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    if alert.state != Alert.State.OPEN:
        raise AcknowledgedAlready
    alert.state, alert.acknowledged_at, alert.acknowledged_by_id = (
        Alert.State.ACKNOWLEDGED,
        timezone.now(),
        actor.user_id,
    )
    alert.save(update_fields=["state", "acknowledged_at", "acknowledged_by_id"])
    detail = {"rule": alert.rule, "alert": RULES[alert.rule].title, "count": alert.count}
    record(actor=actor, action="alerts.alert.acknowledged", target=Target("alert", alert.pk), detail=detail)
    return alert


def _news(found: Rule, rule: str, alert: Alert | None, sighting: Sighting) -> tuple[Moment, ...]:
    """What the sighting adds: nothing while there are too few events, or where it was counted among others before."""
    if found.threshold == 1:
        return (sighting.moment,)
    counted_until = _counted_until(rule, sighting.subject_id)
    fresh = tuple(one for one in sighting.alike if counted_until is None or one.at > counted_until)
    if alert is not None and counted_until is not None and sighting.moment.at - counted_until <= found.within:
        return fresh
    return fresh if len(fresh) >= found.threshold else ()


def _counted_until(rule: str, subject_id: UUID) -> datetime | None:
    alerts = Alert.objects.filter(rule=rule, subject_id=subject_id).order_by("-last_at")
    return alerts.values_list("last_at", flat=True).first()


def _open(rule: str, sighting: Sighting, moments: tuple[Moment, ...], now: datetime) -> Alert:
    first, last = moments[0], moments[-1]
    alert = Alert(rule=rule, subject_id=sighting.subject_id, count=len(moments), told_at=now, facts=sighting.facts)
    alert.first_event_id, alert.first_at = first.event_id, first.at
    alert.last_event_id, alert.last_at = last.event_id, last.at
    alert.save(force_insert=True)
    return alert


def _count_on(alert: Alert, sighting: Sighting, moments: tuple[Moment, ...], now: datetime, found: Rule) -> bool:
    """Count; whether people are to be told once more."""
    alert.count += len(moments)
    if moments[-1].at >= alert.last_at:
        alert.last_event_id, alert.last_at, alert.facts = moments[-1].event_id, moments[-1].at, sighting.facts
    is_told = now - alert.told_at >= found.window
    if is_told:
        alert.told_at = now
    alert.save(update_fields=["count", "last_event_id", "last_at", "facts", "told_at"])
    return is_told
