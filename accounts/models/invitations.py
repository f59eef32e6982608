"""People who are asked into a workspace, and Owners who ask another to become one."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.people import User
from accounts.permissions import Role
from vault.fields import SealedText
from vault.tenant import TenantModel


class Invitation(TenantModel):
    """A place that is kept for whoever has this address, until `expires_at`. Of the mail's link only the digest is kept.

    `mails` counts how many were asked for, the last one at `mailed_at`.
    """

    class State(models.TextChoices):
        OPEN = "open", "Waiting"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Cancelled"

    email = SealedText(label="accounts.invitation.email")
    role = models.CharField(max_length=10, choices=Role.choices)
    inviter = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    token_digest = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    mails = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "declined", "cancelled"]), name="accounts_invitation_state"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["admin", "manager", "staff", "auditor"]), name="accounts_invitation_role"
            ),
        ]
        indexes = [models.Index(fields=["workspace_id", "created_at"], name="accounts_invitation_time")]

    def __str__(self) -> str:
        return f"invitation {self.pk} {self.state}"

    def is_open(self, now: datetime | None = None) -> bool:
        """Whether it may still be accepted."""
        return self.state == self.State.OPEN and self.expires_at > (now or timezone.now())


class OwnershipOffer(TenantModel):
    """An Owner asks another member to be one too. It takes two people, or one and the wait that ends at `due_at`."""

    class State(models.TextChoices):
        OPEN = "open", "Waiting"
        ACCEPTED = "accepted", "Accepted"
        WAITED = "waited", "In effect after the wait"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Cancelled"

    giver = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    steps_down = models.BooleanField(help_text="Whether the giver becomes an Admin then.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id"], condition=Q(state="open"), name="accounts_ownershipoffer_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "waited", "declined", "cancelled"]),
                name="accounts_ownershipoffer_state",
            ),
        ]

    def __str__(self) -> str:
        return f"ownership offer {self.pk} {self.state}"
