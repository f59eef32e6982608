"""Access that a provider is to end: tokens are kept until it has, and no longer."""

from django.db import models
from django.db.models import Q

from integrations.fields import SealedSecret
from integrations.models.connections import Connection
from vault.fields import TenantForeignKey
from vault.tenant import TenantModel


class RemovalState(models.TextChoices):
    DUE = "due", "Being ended"
    DONE = "done", "Ended"


class ItemRemoval(TenantModel):
    """One access that is to end at the provider, asked for until it says so or no longer knows of it.

    `connection` is the one it belonged to, None for a link that was given back unused. For Plaid the token is an item's,
    for Zoho a refresh token, and `location` the data centre it is from.
    """

    connection = TenantForeignKey(Connection, null=True)
    provider = models.CharField(max_length=20, choices=Connection.Provider.choices, default=Connection.Provider.PLAID)
    location = models.CharField(max_length=10, blank=True)
    access_token = SealedSecret(label="integrations.item_removal.access_token")
    state = models.CharField(max_length=10, choices=RemovalState.choices, default=RemovalState.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=RemovalState.DUE, due_at__isnull=False, access_token__isnull=False)
                | Q(state=RemovalState.DONE, due_at=None, access_token__isnull=True),
                name="integrations_itemremoval_token_until_done",
            ),
            models.CheckConstraint(
                condition=Q(provider="plaid", location="") | Q(provider="zoho") & ~Q(location=""),
                name="integrations_itemremoval_place",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace_id", "due_at"],
                condition=Q(state=RemovalState.DUE),
                name="integrations_itemremoval_due",
            )
        ]

    def __str__(self) -> str:
        return f"item removal {self.pk} {self.state}"
