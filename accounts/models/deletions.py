"""Accounts that are to be deleted once their cooling-off is over."""

from uuid import uuid4

from django.db import models

from accounts.models.people import User

# A domain that can never receive mail (RFC 2606).
DELETED_DOMAIN = "deleted.invalid"


class AccountDeletion(models.Model):
    """One for each person at most, while they wait. `due_at` (UTC) moves where the deletion is put off."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"account deletion {self.pk}"
