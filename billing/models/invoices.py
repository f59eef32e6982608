"""Invoices as Stripe lists them. The documents themselves stay there, behind links."""

import msgspec
from django.db import models

from vault.fields import SealedRecord
from vault.tenant import TenantModel


class InvoiceStatus(models.TextChoices):
    """Stripe's own words; a draft is nobody's yet and is not kept."""

    OPEN = "open"
    PAID = "paid"
    UNCOLLECTIBLE = "uncollectible"
    VOID = "void"


class InvoiceFacts(msgspec.Struct, array_like=True, frozen=True):
    """Amounts are in minor units; a credit is below zero."""

    invoice_id: str
    number: str
    total_minor: int
    currency: str
    hosted_url: str = ""
    pdf_url: str = ""


class Invoice(TenantModel):
    """`digest` is the SHA-256 of Stripe's id, which is random enough for nobody to find it out from that."""

    digest = models.BinaryField()
    facts = SealedRecord[InvoiceFacts](InvoiceFacts, label="billing.invoice.facts")
    status = models.CharField(max_length=20, choices=InvoiceStatus.choices)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "digest"], name="billing_invoice_digest"),
            models.CheckConstraint(condition=models.Q(status__in=InvoiceStatus.values), name="billing_invoice_status"),
        ]
        indexes = [models.Index(fields=["workspace_id", "-issued_at"], name="billing_invoice_newest")]

    def __str__(self) -> str:
        return f"invoice {self.pk} {self.status}"
