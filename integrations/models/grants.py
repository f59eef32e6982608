"""What a person has granted at Zoho: one organisation, the tokens to read it with, and who is renewing them."""

import msgspec
from django.db import models
from django.db.models import Q

from integrations.fields import SealedSecret
from integrations.models.connections import Connection
from vault.fields import SealedRecord, TenantForeignKey
from vault.tenant import TenantModel


class OrganizationFacts(msgspec.Struct, frozen=True, array_like=True):
    """An organisation as Zoho describes it. Stored in order: append only, with defaults. What is between `base_currency` and
    `plan` is told in older records and read nowhere.
    """

    organization_id: str
    name: str
    base_currency: str
    price_precision: int = 2
    fiscal_year_start_month: int = 1
    time_zone: str = ""
    plan: str = ""

    def __repr__(self) -> str:
        return "<OrganizationFacts>"


class ZohoGrant(TenantModel):
    """The grant of one connection. Both tokens are gone once it is disconnected.

    `location` is the data centre (`zoho_places`), `scopes` what was granted, separated by spaces. Whoever renews the
    access token first sets `refreshing_until`, by compare-and-swap and committed before the call; nobody else renews it
    before then. `denied_at`: Zoho has said that the grant is over, and is not asked again until a person grants anew.
    """

    connection = TenantForeignKey(Connection)
    location = models.CharField(max_length=10)
    organization = SealedRecord(OrganizationFacts, label="integrations.zoho_grant.organization")
    scopes = models.TextField()
    refresh_token = SealedSecret(label="integrations.zoho_grant.refresh_token")
    access_token = SealedSecret(label="integrations.zoho_grant.access_token")
    access_expires_at = models.DateTimeField(null=True)
    refreshing_until = models.DateTimeField(null=True)
    denied_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "connection"], name="integrations_zohogrant_connection"),
            models.CheckConstraint(
                condition=Q(refresh_token__isnull=False, access_token__isnull=False, access_expires_at__isnull=False)
                | Q(access_token__isnull=True, access_expires_at=None),
                name="integrations_zohogrant_tokens_together",
            ),
        ]

    def __str__(self) -> str:
        return f"Zoho grant {self.pk}"
