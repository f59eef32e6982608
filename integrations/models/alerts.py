"""Mails that a bank connection needs a person. Kept are ids and times; the words are made when the mail is sent."""

from django.db import models
from django.db.models import Q

from integrations.models.connections import Connection
from vault.fields import TenantForeignKey
from vault.tenant import TenantModel


class AlertKind(models.TextChoices):
    """`ENDING`: the access will end unless a person signs in. `NEEDED`: nothing comes in until one does."""

    ENDING = "ending"
    NEEDED = "needed"


class AlertState(models.TextChoices):
    DUE = "due", "To be sent"
    SENT = "sent", "Sent"
    DROPPED = "dropped", "Not needed any more"


class Alert(TenantModel):
    """One mail to one person. `closed_at` is when the trouble it tells of was over: until then there is no second."""

    connection = TenantForeignKey(Connection)
    user_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=AlertKind.choices)
    state = models.CharField(max_length=10, choices=AlertState.choices, default=AlertState.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "connection", "user_id", "kind"],
                condition=Q(closed_at=None),
                name="integrations_alert_once_a_trouble",
            ),
            models.CheckConstraint(
                condition=Q(state=AlertState.DUE, due_at__isnull=False) | ~Q(state=AlertState.DUE) & Q(due_at=None),
                name="integrations_alert_due_while_unsent",
            ),
            models.CheckConstraint(
                condition=Q(state=AlertState.SENT, sent_at__isnull=False) | ~Q(state=AlertState.SENT) & Q(sent_at=None),
                name="integrations_alert_sent_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace_id", "due_at"], condition=Q(state=AlertState.DUE), name="integrations_alert_due"
            )
        ]

    def __str__(self) -> str:
        return f"alert {self.pk} {self.state}"
