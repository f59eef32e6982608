"""Keeping violations: a kind once, and its count."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from trust.violations.models import MOST_KINDS, Violation
from trust.violations.reading import Kind


@transaction.atomic
def note_violations(kinds: list[Kind]) -> None:
    """Count each; a new kind is kept while there are few. Nobody's deed: a browser tells, and it may be anybody's, so that
    the record holds none of it.
    """
    now = timezone.now()
    for kind in kinds:
        same = Violation.objects.filter(route=kind.route, directive=kind.directive, blocked=kind.blocked)
        if same.update(count=F("count") + 1, last_at=now):
            continue
        if Violation.objects.count() < MOST_KINDS:
            new = Violation(route=kind.route, directive=kind.directive, blocked=kind.blocked, first_at=now, last_at=now)
            Violation.objects.bulk_create([new], ignore_conflicts=True)
