"""Access reviews: who could get at a workspace's books at one moment, and what was decided about each of them."""

import msgspec
from django.db import models
from django.db.models import Q

from accounts.models.people import User
from accounts.permissions import Role
from vault.fields import OptionalSealedText, SealedRecord, TenantForeignKey
from vault.tenant import TenantModel


class Reviewed(msgspec.Struct, frozen=True, array_like=True):
    """What was seen of a member when the review was opened. Times are UTC, ISO 8601, "" where there is none.

    Stored in order: append only, with defaults.
    """

    name: str
    address: str
    role: str
    member_since: str
    last_seen: str
    factors: tuple[str, ...] = ()
    sessions: int = 0
    responsible_for: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "<Reviewed>"


class AccessReview(TenantModel):
    """One look at all members. `quarter` is the first day of the quarter that opened it, None where a person did."""

    quarter = models.DateField(null=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True, help_text="When the next reminder goes out; none once it is completed.")
    completed_at = models.DateTimeField(null=True)
    completed_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, null=True)
    notes = OptionalSealedText(label="accounts.access_review.notes")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "quarter"],
                condition=Q(quarter__isnull=False),
                name="accounts_accessreview_quarter",
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True, completed_by__isnull=True)
                | Q(completed_at__isnull=False, completed_by__isnull=False, due_at__isnull=True),
                name="accounts_accessreview_completed",
            ),
        ]
        indexes = [models.Index(fields=["workspace_id", "opened_at"], name="accounts_accessreview_time")]

    def __str__(self) -> str:
        return f"access review {self.pk}"


class ReviewEntry(TenantModel):
    """One member in a review, and what was decided about them; `decided_role` only where the role was changed."""

    class Decision(models.TextChoices):
        KEEP = "keep", "Keep"
        CHANGE = "change", "Change role"
        REVOKE = "revoke", "Revoke"

    review = TenantForeignKey(AccessReview)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    seen = SealedRecord(Reviewed, label="accounts.review_entry.seen")
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decided_role = models.CharField(max_length=10, choices=Role.choices, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "review", "user"], name="accounts_reviewentry_person"),
            models.CheckConstraint(
                condition=Q(decision__in=["", "keep", "change", "revoke"]), name="accounts_reviewentry_decision"
            ),
            # A decision says by whom and when; a role was given where the decision is to change it, and nowhere else.
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="accounts_reviewentry_decided",
            ),
            models.CheckConstraint(
                condition=(~Q(decision="change") & Q(decided_role=""))
                | Q(decision="change", decided_role__in=["owner", "admin", "manager", "staff", "auditor"]),
                name="accounts_reviewentry_role",
            ),
        ]

    def __str__(self) -> str:
        return f"review entry {self.pk} {self.decision}"
