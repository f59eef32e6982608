"""Whom money came from or went to."""

from django.db import models

from vault.fields import SealedText
from vault.tenant import TenantModel


class Counterparty(TenantModel):
    """A payer or payee by the name a feed first gave. Which transactions are with it stands in their sealed records."""

    code = models.PositiveIntegerField()
    name = SealedText(label="ledger.counterparty.name")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace_id", "code"], name="ledger_counterparty_code")]

    def __str__(self) -> str:
        return f"counterparty {self.code}"
