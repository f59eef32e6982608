"""What the page of alerts shows: those of the workspace in scope, newest first, in words with the names of people in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from audit.models import Event
from audit.pages.names import Names, read_names, who_is
from audit.pages.opening import OpenedDetail
from audit.pages.reading import is_beyond
from audit.pages.telling import say_deed
from trust.alerts.models import Alert, Delivery, Endpoint
from trust.alerts.rules import RULES, Severity
from vault.envelope import SealBroken

PAGE = 25
TONES = {Severity.NOTICE: "quiet", Severity.WARNING: "warn", Severity.CRITICAL: "bad"}
LABELS = {Severity.NOTICE: "Notice", Severity.WARNING: "Warning", Severity.CRITICAL: "Critical"}
UNREADABLE = "What happened cannot be read any more."
# What the last message came to, where it was not an answer's status.
RESULTS = {
    "url": "its address is not one that messages are sent to",
    "origin": "its address is not one that messages are sent to",
    "route": "its address is not one that messages are sent to",
    "header": "the message could not be made",
    "address": "the host does not lead to public addresses only",
    "timeout": "the receiver did not answer in time",
    "connection": "the receiver could not be reached, or its certificate does not hold",
    "too_large": "the receiver answered with far too much",
    "redirect": "the receiver sends on to another address, which is not followed",
}


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert. `happened` is its last event in words; times are UTC."""

    id: UUID
    title: str
    meaning: str
    to_do: str
    label: str
    tone: str
    happened: str
    count: int
    first_at: datetime
    last_at: datetime
    subject_id: UUID | None
    is_open: bool
    acknowledged_by: str
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class AlertPage:
    """`older` and `newer` are the ids that the pages beside this one go on from."""

    lines: tuple[AlertLine, ...]
    newer: UUID | None
    older: UUID | None


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """Where alerts are sent, and what the last message came to, in words. Times are UTC."""

    url: str
    is_active: bool
    tried_at: datetime | None
    was_taken: bool
    result: str
    waiting: int
    former_until: datetime | None


def count_open() -> int:
    """How many alerts of the workspace in scope nobody has acknowledged."""
    return Alert.objects.filter(state=Alert.State.OPEN).count()


def read_alerts(*, only_open: bool, after: UUID | None = None, before: UUID | None = None) -> AlertPage:
    """One page: what is older than the alert `after`, or newer than `before`."""
    alerts = Alert.objects.filter(state=Alert.State.OPEN) if only_open else Alert.objects.all()
    if before is not None:
        found = list(_beyond(alerts, before, newer=True).order_by("last_at", "id")[: PAGE + 1])
        shown, has_newer, has_older = found[:PAGE][::-1], len(found) > PAGE, True
    else:
        beyond = alerts if after is None else _beyond(alerts, after, newer=False)
        found = list(beyond.order_by("-last_at", "-id")[: PAGE + 1])
        shown, has_newer, has_older = found[:PAGE], after is not None, len(found) > PAGE
    lines = _tell(shown)
    return AlertPage(
        lines,
        newer=lines[0].id if lines and has_newer else None,
        older=lines[-1].id if lines and has_older else None,
    )


def read_endpoint() -> EndpointFacts | None:
    """Where alerts of the workspace in scope are sent; None where nowhere."""
    endpoint = Endpoint.objects.first()
    if endpoint is None:
        return None
    is_status = endpoint.result.isdecimal()
    return EndpointFacts(
        url=endpoint.url,
        is_active=endpoint.state == Endpoint.State.ACTIVE,
        tried_at=endpoint.tried_at,
        was_taken=is_status and endpoint.result.startswith("2"),
        result=f"the receiver answered {endpoint.result}" if is_status else RESULTS.get(endpoint.result, ""),
        waiting=Delivery.objects.count(),
        former_until=endpoint.former_until,
    )


def _beyond(alerts: QuerySet[Alert], cursor: UUID, *, newer: bool) -> QuerySet[Alert]:
    """What lies on one side of an alert; all of it where there is no such alert."""
    at = Alert.objects.filter(pk=cursor).values_list("last_at", flat=True).first()
    if at is None:
        return alerts
    return alerts.filter(is_beyond("last_at", at, cursor, newer=newer))


def _tell(alerts: Sequence[Alert]) -> tuple[AlertLine, ...]:
    events = [(_event_of(alert), _detail_of(alert)) for alert in alerts]
    acknowledged = [
        (Event(actor_id=alert.acknowledged_by_id, target_kind=""), OpenedDetail())
        for alert in alerts
        if alert.acknowledged_by_id is not None
    ]
    names = read_names([*events, *acknowledged])
    return tuple(_line(alert, event, detail, names) for alert, (event, detail) in zip(alerts, events, strict=True))


def _line(alert: Alert, event: Event, detail: OpenedDetail, names: Names) -> AlertLine:
    rule = RULES[alert.rule]
    return AlertLine(
        id=alert.pk,
        title=rule.title,
        meaning=rule.meaning,
        to_do=rule.to_do,
        label=LABELS[rule.severity],
        tone=TONES[rule.severity],
        happened=_happened(event, detail, names),
        count=alert.count,
        first_at=alert.first_at,
        last_at=alert.last_at,
        subject_id=event.target_id,
        is_open=alert.state == Alert.State.OPEN,
        acknowledged_by=names.person(alert.acknowledged_by_id) if alert.acknowledged_by_id else "",
        acknowledged_at=alert.acknowledged_at,
    )


def _happened(event: Event, detail: OpenedDetail, names: Names) -> str:
    if detail.is_broken:
        return UNREADABLE
    happened = f"{who_is(event, names.people)} {say_deed(event, detail.facts, names)}"
    # A company's name may end in the full stop already.
    return happened if happened.endswith(".") else f"{happened}."


def _event_of(alert: Alert) -> Event:
    """The last event as far as it is kept with the alert: it may stand in the site's record, which nobody here reads."""
    try:
        facts = alert.facts
    except SealBroken:
        return Event(pk=alert.last_event_id, target_kind="")
    return Event(
        pk=alert.last_event_id,
        action=facts.action,
        actor_kind=facts.actor_kind,
        actor_id=facts.actor_id,
        target_kind=facts.target_kind,
        target_id=facts.target_id,
    )


def _detail_of(alert: Alert) -> OpenedDetail:
    try:
        return OpenedDetail(alert.facts.detail)
    except SealBroken:
        return OpenedDetail(is_broken=True)
