"""Visits to Stripe's page for paying. That somebody came back from one proves nothing."""

from django.db import models
from django.db.models import Q

from accounts.models import Plan
from vault.fields import OptionalSealedText
from vault.tenant import TenantModel


class CheckoutState(models.TextChoices):
    OPEN = "open", "At Stripe"
    COMPLETE = "complete", "Paid"
    EXPIRED = "expired", "Left without paying"


class Checkout(TenantModel):
    """One visit, asked for by `user_id`. `session_id` is missing until Stripe has opened it."""

    session_id = OptionalSealedText(label="billing.checkout.session_id")
    user_id = models.UUIDField()
    plan = models.CharField(max_length=10, choices=Plan.choices)
    seats = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=CheckoutState.choices, default=CheckoutState.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(plan__in=[Plan.TEAM, Plan.BUSINESS], seats__gte=1), name="billing_checkout_plan"
            ),
            models.CheckConstraint(
                condition=Q(state=CheckoutState.OPEN, ended_at=None)
                | Q(state__in=[CheckoutState.COMPLETE, CheckoutState.EXPIRED], ended_at__isnull=False),
                name="billing_checkout_ended_at",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace_id"], condition=Q(state=CheckoutState.OPEN), name="billing_checkout_open"),
        ]

    def __str__(self) -> str:
        return f"checkout {self.pk} {self.state}"
