"""The way back for a person who has lost every second factor: who must agree, in which workspace, and how long it waits."""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models.people import User
from vault.fields import OptionalSealedText
from vault.tenant import TenantModel


class RecoveryRequest(models.Model):
    """One request of a person. `missing` counts the workspaces that have not agreed yet; then it waits until `due_at`.

    Times are UTC. It is completed as the person signs in by password after that, and cancelled by any factor that works.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Waiting for people"
        WAITING = "waiting", "Waiting for time to pass"
        COMPLETED = "completed", "Completed"
        CANCELLED = "cancelled", "Cancelled"
        REFUSED = "refused", "Refused"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    missing = models.PositiveSmallIntegerField()
    days_to_wait = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state__in=["asked", "waiting"]), name="accounts_recoveryrequest_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "waiting", "completed", "cancelled", "refused"]),
                name="accounts_recoveryrequest_state",
            ),
            # Time runs only once everybody has agreed.
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(missing=0, due_at__isnull=False),
                name="accounts_recoveryrequest_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"recovery {self.pk} {self.state}"


class RecoveryStep(TenantModel):
    """What one workspace says to a request: an Owner of it, or two operators where the person is its only Owner.

    `note` says how it was made sure who asks.
    """

    class Judge(models.TextChoices):
        OWNER = "owner", "An Owner"
        OPERATORS = "operators", "Two operators"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"

    request = models.ForeignKey(RecoveryRequest, models.PROTECT, related_name="+", db_index=False)
    judge = models.CharField(max_length=10, choices=Judge.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    note = OptionalSealedText(label="accounts.recovery_step.note")
    first_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, null=True)
    second_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "request"], name="accounts_recoverystep_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "confirmed", "refused"]), name="accounts_recoverystep_state"
            ),
            models.CheckConstraint(condition=Q(judge__in=["owner", "operators"]), name="accounts_recoverystep_judge"),
            # What is decided says by whom and when; what is open has no second voice yet.
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, second_by__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False, first_by__isnull=False)),
                name="accounts_recoverystep_decided",
            ),
            # One operator alone lets nobody in, and no two that are one.
            models.CheckConstraint(
                condition=~Q(judge="operators", state="confirmed")
                | (Q(first_by__isnull=False, second_by__isnull=False) & ~Q(first_by=models.F("second_by"))),
                name="accounts_recoverystep_two_operators",
            ),
        ]

    def __str__(self) -> str:
        return f"recovery step {self.pk} {self.state}"
