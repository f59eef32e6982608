"""The inbox of Stripe's news: verified, stored for the workspace they are about, and only then followed."""

from django.db import models
from django.db.models import Q

from vault.fields import SealedBytes
from vault.tenant import TenantModel


class EventState(models.TextChoices):
    RECEIVED = "received"
    HANDLED = "handled"
    FAILED = "failed"


class StripeEvent(TenantModel):
    """One event, however often it is delivered: `digest` is the SHA-256 of its id.

    `asked_number` is how many looks at Stripe the customer had begun when the news came: one that began after that has
    seen what the news is about. `problem` says in a word why it was not followed yet.
    """

    digest = models.BinaryField()
    type = models.CharField(max_length=80)
    body = SealedBytes(label="billing.stripe_event.body")
    asked_number = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=EventState.choices, default=EventState.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=20, blank=True)
    due_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "digest"], name="billing_stripeevent_digest"),
            models.CheckConstraint(
                condition=Q(state=EventState.HANDLED, handled_at__isnull=False)
                | Q(state__in=[EventState.RECEIVED, EventState.FAILED], handled_at=None),
                name="billing_stripeevent_handled_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace_id", "due_at"],
                condition=Q(state=EventState.RECEIVED),
                name="billing_stripeevent_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk} {self.state}"
