"""Each kind of violation once, with how often it was seen. Anybody can send a report, so that there are few kinds at most
and nothing in them that a sender could write freely, but the name of a host.
"""

import uuid

from django.db import models

MOST_KINDS = 500


class Violation(models.Model):
    """Something that the policy stopped: on which route, by which directive, and whose it was. Times are UTC."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    route = models.CharField(max_length=100)
    directive = models.CharField(max_length=40)
    blocked = models.CharField(max_length=253)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["route", "directive", "blocked"], name="violations_violation_kind")
        ]
