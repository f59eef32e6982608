"""One event that a rule is about, as it is handed on from the record it stands in to where an alert is raised."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from trust.alerts.models import AlertFacts


@dataclass(frozen=True, slots=True)
class Moment:
    """An event by its time (UTC) and id."""

    at: datetime
    event_id: UUID


@dataclass(frozen=True, slots=True)
class Sighting:
    """`alike`: all events of the rule about this subject in its time before, this one among them, the oldest first."""

    moment: Moment
    subject_id: UUID
    facts: AlertFacts
    alike: tuple[Moment, ...]
