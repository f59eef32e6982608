"""What an event comes to under a rule: about whom or what it is, and how many of its kind there were lately."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from audit.models import Event
from trust.alerts.models import NOBODY, AlertFacts
from trust.alerts.rules import RULES, Rule, Subject
from trust.alerts.sightings import Moment, Sighting

# Events are written a little before they are committed, so one that is looked at first may be older than another.
SLACK = timedelta(minutes=1)
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Decision:
    """An event of a record that a rule is about."""

    record_id: UUID
    rule: str
    sighting: Sighting


def decide(record_id: UUID, name: str, event: Event, detail: dict[str, object]) -> Decision | None:
    """In the scope of the record. None where it is not known whom or what the event is about."""
    rule = RULES[name]
    subject_id = _subject_of(rule, event)
    if subject_id is None:
        return None
    facts = AlertFacts(event.action, event.actor_kind, event.actor_id, event.target_kind, event.target_id, detail)
    moment = Moment(event.occurred_at, event.pk)
    alike = _alike(rule, event) if rule.threshold > 1 else (moment,)
    return Decision(record_id, name, Sighting(moment, subject_id, facts, alike))


def _subject_of(rule: Rule, event: Event) -> UUID | None:
    if rule.subject == Subject.ALL:
        return NOBODY
    return event.target_id if rule.subject == Subject.TARGET else event.actor_id


def _alike(rule: Rule, event: Event) -> tuple[Moment, ...]:
    found = Event.objects.filter(
        action__in=rule.actions,
        occurred_at__gt=event.occurred_at - rule.within,
        occurred_at__lt=event.occurred_at + SLACK,
    )
    if rule.subject == Subject.TARGET:
        found = found.filter(target_id=event.target_id)
    elif rule.subject == Subject.ACTOR:
        found = found.filter(actor_id=event.actor_id)
    newest = found.order_by("-occurred_at", "-id").values_list("occurred_at", "id")[:MOST_COUNTED]
    return tuple(Moment(at, event_id) for at, event_id in reversed(newest))
