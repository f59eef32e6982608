"""What people changed by hand on one or many transactions, with what was there before, so that it can be taken back."""

from django.db import models

from ledger.models.categories import Category
from vault.fields import SealedBytes, SealedText, TenantForeignKey
from vault.tenant import TenantModel


class CategoryChange(TenantModel):
    """One act of categorising by a person. `former` holds each row's category before, sealed, for taking it back."""

    category = TenantForeignKey(Category, null=True)
    count = models.PositiveIntegerField()
    former = SealedBytes(label="ledger.category_change.former")
    created_at = models.DateTimeField(auto_now_add=True)
    reversed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"category change {self.pk}"


class NoteChange(TenantModel):
    """One note put on many transactions by a person. `kept` counts those that had another note and kept it; `former`
    holds the others' notes before, sealed, for taking it back."""

    note = SealedText(label="ledger.note_change.note")
    count = models.PositiveIntegerField()
    kept = models.PositiveIntegerField()
    former = SealedBytes(label="ledger.note_change.former")
    created_at = models.DateTimeField(auto_now_add=True)
    reversed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"note change {self.pk}"
