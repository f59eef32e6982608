"""Visits to Zoho's consent page, from the start to what came of them."""

import msgspec
from django.db import models
from django.db.models import Q

from integrations.fields import SealedSecret
from integrations.models.connections import Connection
from integrations.models.grants import OrganizationFacts
from vault.fields import SealedRecord, TenantForeignKey
from vault.tenant import TenantModel


class VisitState(models.TextChoices):
    OPEN = "open", "At Zoho"
    RECEIVED = "received", "Connecting"
    CHOOSING = "choosing", "Waiting for a choice"
    CONNECTED = "connected", "Connected"
    REFUSED = "refused", "Refused"
    EXPIRED = "expired", "Expired"
    FAILED = "failed", "Failed"
    LEFT = "left", "Left without connecting"


VISIT_OPEN_STATES = (VisitState.OPEN, VisitState.RECEIVED, VisitState.CHOOSING)


class VisitEnd(models.TextChoices):
    """Why nothing came of a visit, for the page that explains it."""

    NONE = "", ""
    TOO_WIDE = "too_wide", "Zoho gave more than the right to read"
    OTHER_ORGANIZATION = "other_org", "Another organisation was granted"
    NO_ORGANIZATION = "no_org", "There is no organisation"
    NOT_ALLOWED = "not_allowed", "Zoho does not let the organisations be listed"
    WRONG_PLACE = "wrong_place", "The way back named a place that is not Zoho's"
    SPENT = "spent", "What Zoho gave was no good, or no longer"
    NOT_REACHED = "not_reached", "Zoho could not be reached in time"
    NOT_SET_UP = "not_set_up", "Our access to Zoho is not set up correctly"
    NO_ROOM = "no_room", "The plan has no connection left"


class Offers(msgspec.Struct, frozen=True, array_like=True):
    """The organisations that a person can choose from."""

    organizations: tuple[OrganizationFacts, ...]

    def __repr__(self) -> str:
        return f"<{len(self.organizations)} organisations>"


class GrantVisit(TenantModel):
    """A person on their way through Zoho's consent page.

    Bound to the person, their session (`session_digest`) and, by its row, the workspace; `state_digest` is the SHA-256 of
    the state that comes back once. `connection` is what came of it, or from the start the one that is granted again.
    `code` and `verifier` live until they are traded, both tokens until the visit is over: then the grant has them, or they
    are to be revoked. `due_at` is when a worker looks at it next: to go on, or to end it when its time is over.
    """

    user_id = models.UUIDField()
    session_digest = models.BinaryField()
    state_digest = models.BinaryField()
    state = models.CharField(max_length=10, choices=VisitState.choices, default=VisitState.OPEN)
    end = models.CharField(max_length=12, choices=VisitEnd.choices, blank=True)
    is_regrant = models.BooleanField(default=False)
    location = models.CharField(max_length=10, blank=True)
    verifier = SealedSecret(label="integrations.grant_visit.verifier")
    code = SealedSecret(label="integrations.grant_visit.code")
    refresh_token = SealedSecret(label="integrations.grant_visit.refresh_token")
    access_token = SealedSecret(label="integrations.grant_visit.access_token")
    access_expires_at = models.DateTimeField(null=True)
    scopes = models.TextField(blank=True)
    offers = SealedRecord[Offers | None](Offers, label="integrations.grant_visit.offers", null=True)
    connection = TenantForeignKey(Connection, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    received_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=VisitState.values), name="integrations_grantvisit_state"),
            models.CheckConstraint(
                condition=Q(state__in=VISIT_OPEN_STATES, due_at__isnull=False)
                | Q(
                    due_at=None,
                    verifier__isnull=True,
                    code__isnull=True,
                    refresh_token__isnull=True,
                    access_token__isnull=True,
                )
                & ~Q(state__in=VISIT_OPEN_STATES),
                name="integrations_grantvisit_secrets_while_open",
            ),
            models.CheckConstraint(
                condition=Q(state=VisitState.CHOOSING, offers__isnull=False)
                | ~Q(state=VisitState.CHOOSING) & Q(offers__isnull=True),
                name="integrations_grantvisit_offers_while_choosing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace_id", "due_at"],
                condition=Q(state__in=VISIT_OPEN_STATES),
                name="integrations_grantvisit_due",
            )
        ]

    def __str__(self) -> str:
        return f"grant visit {self.pk} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in VISIT_OPEN_STATES
