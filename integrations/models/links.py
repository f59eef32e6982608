"""Visits to the bank's hosted page, from the start to what came of them."""

from django.db import models
from django.db.models import Q

from integrations.fields import SealedSecret
from integrations.models.connections import Connection, ItemFacts
from vault.fields import SealedRecord, TenantForeignKey
from vault.tenant import TenantModel


class LinkState(models.TextChoices):
    STARTING = "starting", "Starting"
    OPEN = "open", "Waiting for the bank"
    FINISHING = "finishing", "Connecting"
    LINKED = "linked", "Connected"
    KNOWN = "known", "Connected before"
    LEFT = "left", "Left without connecting"
    EXPIRED = "expired", "Expired"
    FAILED = "failed", "Failed"
    FULL = "full", "No connection left"


LINK_OPEN_STATES = (LinkState.OPEN, LinkState.FINISHING)


class LinkSession(TenantModel):
    """A person on their way through the hosted page.

    `connection` is what came of it, or from the start the one that is signed in to again; of a visit that ends as known it
    is the one that reads the same accounts already. `due_at` is when the provider is next asked what came of it, or when
    the worker that asks has lost its claim. `access_token` and `facts` are what a public token was traded for: kept first,
    as it can be traded once, and gone from here when the visit is over.
    """

    user_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=LinkState.choices, default=LinkState.STARTING)
    is_repair = models.BooleanField(default=False)
    link_token = SealedSecret(label="integrations.link_session.link_token")
    access_token = SealedSecret(label="integrations.link_session.access_token")
    facts = SealedRecord[ItemFacts | None](ItemFacts, label="integrations.link_session.facts", null=True)
    connection = TenantForeignKey(Connection, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=LinkState.values), name="integrations_linksession_state"),
            models.CheckConstraint(
                condition=Q(state__in=LINK_OPEN_STATES, due_at__isnull=False, expires_at__isnull=False)
                & (Q(link_token__isnull=False) | Q(access_token__isnull=False, facts__isnull=False))
                | Q(due_at=None, link_token__isnull=True, access_token__isnull=True, facts__isnull=True)
                & ~Q(state__in=LINK_OPEN_STATES),
                name="integrations_linksession_secrets_while_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace_id", "due_at"],
                condition=Q(state__in=LINK_OPEN_STATES),
                name="integrations_linksession_due",
            )
        ]

    def __str__(self) -> str:
        return f"link session {self.pk} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in LINK_OPEN_STATES
