"""Small integer codes, by which month sheets name accounts, categories and counterparties."""

from django.db import models

from vault.tenant import TenantModel


class CodeSequence(TenantModel):
    """The last code given out of one kind. Codes start at 1 and are never used twice; 0 in a sheet means none."""

    class Kind(models.TextChoices):
        ACCOUNT = "account"
        CATEGORY = "category"
        COUNTERPARTY = "counterparty"
        BOOKS_ACCOUNT = "books_account"
        CONTACT = "contact"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace_id", "kind"], name="ledger_codesequence_kind")]
