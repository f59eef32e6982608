"""Alerts, how far each record has been looked through for them, and where a workspace has them sent besides mails."""

from typing import Any
from uuid import UUID

import msgspec
from django.db import models
from django.db.models import Q

from integrations.fields import SealedSecret
from vault.fields import SealedBytes, SealedRecord, SealedText, WorkspaceIdField
from vault.tenant import TenantModel

NOBODY = UUID(int=0)


class AlertFacts(msgspec.Struct, frozen=True, array_like=True):
    """The last event as it is told on the page: what was done to what, by whom, and the event's own facts."""

    action: str
    actor_kind: str
    actor_id: UUID | None = None
    target_kind: str = ""
    target_id: UUID | None = None
    detail: dict[str, Any] = {}


class Alert(TenantModel):
    """That a rule of `trust.alerts.rules` met events about a subject; the site's own stand under the site. Times are UTC.

    `told_at` is when mails were asked for last. One is open for a rule and subject at a time.
    """

    class State(models.TextChoices):
        OPEN = "open"
        ACKNOWLEDGED = "acknowledged"

    rule = models.CharField(max_length=40)
    subject_id = models.UUIDField(default=NOBODY)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    count = models.PositiveIntegerField()
    first_event_id = models.UUIDField()
    last_event_id = models.UUIDField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    told_at = models.DateTimeField()
    acknowledged_by_id = models.UUIDField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    facts = SealedRecord[AlertFacts](AlertFacts, label="alerts.alert.facts")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "rule", "subject_id"], condition=Q(state="open"), name="alerts_alert_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="open", acknowledged_at=None, acknowledged_by_id=None)
                | Q(state="acknowledged", acknowledged_at__isnull=False, acknowledged_by_id__isnull=False),
                name="alerts_alert_acknowledged_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["workspace_id", "last_at", "id"], name="alerts_alert_newest")]

    def __str__(self) -> str:
        return f"alert {self.pk} {self.rule}"


class Follower(models.Model):
    """How far a workspace's record was looked through: the last link seen."""

    workspace_id = WorkspaceIdField(primary_key=True)
    sequence = models.PositiveBigIntegerField(default=0)


class Endpoint(TenantModel):
    """Where a workspace has its alerts sent, at most one. The former secret signs too, until `former_until` (UTC).

    `result` is what the last try came to: the status that was answered, or why there was none.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        DISABLED = "disabled"

    url = SealedText(label="alerts.endpoint.url")
    secret = SealedSecret(label="alerts.endpoint.secret")
    former_secret = SealedSecret(label="alerts.endpoint.former_secret")
    former_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace_id"], name="alerts_endpoint_one")]

    def __str__(self) -> str:
        return f"endpoint {self.pk}"


class Delivery(TenantModel):
    """A message that waits to be sent to the endpoint. Its id is the message's own, the same in every try."""

    body = SealedBytes(label="alerts.delivery.body")
    is_test = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["workspace_id", "due_at"], name="alerts_delivery_due")]

    def __str__(self) -> str:
        return f"delivery {self.pk}"
