"""The subscription that a workspace has, or last had."""

import msgspec
from django.db import models
from django.db.models import Q

from accounts.models import Plan, PlanState
from vault.fields import SealedRecord
from vault.tenant import TenantModel

# Another plan or number of seats can be had; not while a payment is open, or the plan is paused.
CHANGEABLE = frozenset({PlanState.TRIALING, PlanState.ACTIVE})


class SubscriptionFacts(msgspec.Struct, array_like=True, frozen=True):
    """Its ids at Stripe, and what a seat costs a month in minor units."""

    subscription_id: str
    item_id: str
    unit_minor: int
    currency: str


class Subscription(TenantModel):
    """One for each workspace: the one that counts, of all that its customer has had.

    `cancel_at` is when it ends unless somebody wants it after all, `past_due_since` when a payment first failed that is
    still owed, and `ended_at` when it ended.
    """

    facts = SealedRecord[SubscriptionFacts](SubscriptionFacts, label="billing.subscription.facts")
    plan = models.CharField(max_length=10, choices=Plan.choices)
    status = models.CharField(max_length=10, choices=PlanState.choices)
    seats = models.PositiveIntegerField()
    period_end = models.DateTimeField(null=True)
    cancel_at = models.DateTimeField(null=True)
    past_due_since = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id"], name="billing_subscription_workspace_once"),
            models.CheckConstraint(condition=Q(status__in=PlanState.values), name="billing_subscription_status"),
            models.CheckConstraint(
                condition=Q(plan__in=[Plan.TEAM, Plan.BUSINESS], seats__gte=1), name="billing_subscription_plan"
            ),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk} {self.status}"

    @property
    def is_live(self) -> bool:
        """Whether it can be changed, cancelled or resumed; otherwise only another checkout helps."""
        return self.status != PlanState.CANCELED

    @property
    def is_changeable(self) -> bool:
        """Whether another plan or number of seats can be had."""
        return self.status in CHANGEABLE
