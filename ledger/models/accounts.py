"""Accounts at a bank, as a connection brings them."""

from django.db import models

from ledger.kinds import AccountKind
from ledger.models.records import AccountBalances, AccountFacts
from vault.fields import SealedRecord
from vault.tenant import TenantModel


class Account(TenantModel):
    """One account. `connection_id` is the connection it came by; the provider's id is unique there only."""

    connection_id = models.UUIDField()
    provider_id = models.CharField(max_length=255)
    code = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=AccountKind.choices)
    subtype = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    facts = SealedRecord(AccountFacts, label="ledger.account.facts")
    balances = SealedRecord(AccountBalances, label="ledger.account.balances")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "connection_id", "provider_id"], name="ledger_account_provider"
            ),
            models.UniqueConstraint(fields=["workspace_id", "code"], name="ledger_account_code"),
        ]

    def __str__(self) -> str:
        return f"account {self.code}"
