"""Typed categories."""

from django.db import models

from ledger.kinds import CategoryKind
from vault.fields import SealedText
from vault.tenant import TenantModel


class Category(TenantModel):
    """A category of one kind. `origin` is the key by which a feed's hint finds it, empty for a workspace's own.

    Names are unique in a workspace; they are sealed, so the action that writes one checks.
    """

    code = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=CategoryKind.choices)
    name = SealedText(label="ledger.category.name")
    origin = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "code"], name="ledger_category_code"),
            models.UniqueConstraint(
                fields=["workspace_id", "origin"], condition=~models.Q(origin=""), name="ledger_category_origin"
            ),
        ]

    def __str__(self) -> str:
        return f"category {self.code}"
