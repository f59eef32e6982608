"""Webhooks that were verified and have found their workspace, stored before anything is done about them."""

from django.db import models
from django.db.models import Q

from vault.fields import SealedBytes
from vault.tenant import TenantModel


class ReceiptState(models.TextChoices):
    RECEIVED = "received"
    HANDLED = "handled"


class WebhookReceipt(TenantModel):
    """One delivery. `code` is the provider's name for what happened, `object_id` the connection or link session it is about.

    `digest` is the SHA-256 of the signed token and the body, so a delivery that comes again while the first still waits is
    kept once. Plaid's own repeats carry a new token, and doing the same once more changes nothing.
    """

    provider = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    object_id = models.UUIDField()
    digest = models.BinaryField()
    body = SealedBytes(label="integrations.webhook_receipt.body")
    state = models.CharField(max_length=10, choices=ReceiptState.choices, default=ReceiptState.RECEIVED)
    due_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "digest"], name="integrations_webhookreceipt_digest"),
            models.CheckConstraint(
                condition=Q(state=ReceiptState.HANDLED, handled_at__isnull=False)
                | Q(state=ReceiptState.RECEIVED, handled_at=None),
                name="integrations_webhookreceipt_handled_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace_id", "due_at"],
                condition=Q(state=ReceiptState.RECEIVED),
                name="integrations_receipt_due",
            )
        ]

    def __str__(self) -> str:
        return f"webhook receipt {self.pk} {self.state}"
