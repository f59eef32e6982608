"""Where each person has signed in before, as digests: enough to notice a place that is new, and to tell nothing else."""

from uuid import uuid4

from django.db import models

from accounts.models.people import User


class KnownDevice(models.Model):
    """A browser on a network that a person has signed in from."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, db_index=False)
    digest = models.BinaryField()
    last_seen_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_knowndevice_once")]

    def __str__(self) -> str:
        return f"known device {self.pk}"
