"""Sessions: of each the digest of the browser's key, never the key, and what it holds sealed under that key."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models

from accounts.models.people import User

ANONYMOUS_LIFE = timedelta(hours=2)


class UserSession(models.Model):
    """One browser's session. `user` is empty until somebody has signed in; all times are UTC.

    `factor` is the id of the second factor it was last proven by, empty for none. Addresses and agent are shown to the
    person themselves, and to nobody else but those who review access.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key_digest = models.BinaryField(unique=True)
    user = models.ForeignKey(User, models.CASCADE, null=True)
    data = models.BinaryField()
    signed_in_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    agent = models.CharField(max_length=300, blank=True)
    first_address = models.CharField(max_length=45, blank=True)
    last_address = models.CharField(max_length=45, blank=True)
    remembered = models.BooleanField(default=False)
    factor = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"session {self.pk}"

    @property
    def ends_at(self) -> datetime:
        """When it ends if it is not used again [R38]. By the settings of today, whatever they were when it began."""
        if self.signed_in_at is None:
            return self.last_seen_at + ANONYMOUS_LIFE
        return min(self.last_seen_at + settings.SESSION_IDLE, self.signed_in_at + settings.SESSION_LIFE)
