"""Keeping violations: a kind once, and its count."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from trust.violations.models import MOST_KINDS, Violation
from trust.violations.reading import UNKNOWN, Kind
from trust.violations.rising import watch_for_rise


def note_violations(kinds: Iterable[Kind]) -> None:
    """Count each. Once the table has MOST_KINDS, of a new kind route and directive are kept, of which there are few. Nobody's
    deed: a browser tells, and it may be anybody's, so that the record holds none of it but a sudden rise.

    Outside a transaction, as two that tell of the same kinds in another order would wait for each other.
    """
    now, counted = timezone.now(), Counter(kinds)
    for kind, times in counted.items():
        _note(kind, times, now)
    watch_for_rise(counted)


def _note(kind: Kind, times: int, now: datetime) -> None:
    same = Violation.objects.filter(route=kind.route, directive=kind.directive, blocked=kind.blocked)
    if same.update(count=F("count") + times, last_at=now):
        return
    if kind.blocked != UNKNOWN and Violation.objects.count() >= MOST_KINDS:
        _note(replace(kind, blocked=UNKNOWN), times, now)
        return
    new = Violation(
        route=kind.route, directive=kind.directive, blocked=kind.blocked, count=times, first_at=now, last_at=now
    )
    Violation.objects.bulk_create([new], ignore_conflicts=True)
