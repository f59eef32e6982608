"""A workspace as Stripe's customer, and how lately and how well what we know of it agreed with Stripe."""

from django.db import models

from vault.fields import OptionalSealedText
from vault.tenant import TenantModel


class Customer(TenantModel):
    """One for each workspace that has ever gone to pay. `customer_id` is missing until Stripe has made it.

    Each look at Stripe takes a number before it looks (`asked_number`), and writes what it saw only where none with a
    later number has written (`refreshed_number`): what was seen earlier never replaces what was seen later.
    `differences` names what the nightly comparison last found to differ, in words divided by commas.
    """

    customer_id = OptionalSealedText(label="billing.customer.customer_id")
    asked_number = models.PositiveBigIntegerField(default=0)
    refreshed_number = models.PositiveBigIntegerField(default=0)
    refreshed_at = models.DateTimeField(null=True)
    reconciled_at = models.DateTimeField(null=True)
    differed_at = models.DateTimeField(null=True)
    differences = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id"], name="billing_customer_workspace_once"),
            models.CheckConstraint(
                condition=models.Q(refreshed_number__lte=models.F("asked_number")), name="billing_customer_numbers"
            ),
        ]

    def __str__(self) -> str:
        return f"customer {self.pk}"
