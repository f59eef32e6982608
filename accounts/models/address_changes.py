"""A new address for signing in, until both the old and the new one have proven that they want it."""

from uuid import uuid4

from django.db import models

from accounts.models.people import User
from vault.fields import SealedText


class AddressChange(models.Model):
    """One for each person at most. Of the two codes only digests are kept; `tries` counts the wrong ones."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    email = SealedText(label="accounts.address_change.email", owner="person", person_attr="user_id")
    old_digest = models.BinaryField()
    new_digest = models.BinaryField()
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"address change {self.pk}"
