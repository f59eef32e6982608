"""The record: events as they happened, and the links that chain them. Both are append-only in the database itself."""

from django.db import models

from vault.fields import HashedSeal, WorkspaceIdField
from vault.tenant import TenantModel


class Event(TenantModel):
    """One thing that somebody did. Its words and figures are sealed; the chain runs over the sealed bytes."""

    class Outcome(models.TextChoices):
        SUCCEEDED = "succeeded"
        REFUSED = "refused"
        FAILED = "failed"

    class ActorKind(models.TextChoices):
        PERSON = "person"
        SYSTEM = "system"
        PROVIDER = "provider"
        ANONYMOUS = "anonymous"

    format = models.PositiveSmallIntegerField()
    occurred_at = models.DateTimeField()
    action = models.CharField(max_length=80)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    actor_id = models.UUIDField(null=True)
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.UUIDField(null=True)
    sealed_detail = HashedSeal(help_text="Under the workspace's key.")
    sealed_personal = HashedSeal(
        owner="person", help_text="Under the actor's key; under the workspace's when there is no person."
    )

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "occurred_at", "id"], name="audit_event_time"),
            models.Index(fields=["workspace_id", "action", "occurred_at"], name="audit_event_action"),
            models.Index(fields=["workspace_id", "actor_id", "occurred_at"], name="audit_event_actor"),
            models.Index(fields=["workspace_id", "target_id", "occurred_at"], name="audit_event_target"),
        ]


class Link(models.Model):
    """An event's place in its workspace's chain."""

    event_id = models.UUIDField(primary_key=True)
    workspace_id = WorkspaceIdField()
    sequence = models.PositiveBigIntegerField()
    previous_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace_id", "sequence"], name="audit_link_sequence")]


class Pending(models.Model):
    """An event not yet linked. Events are inserted without a lock; the linker empties this table."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = WorkspaceIdField()
    event_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace_id", "event_id"], name="audit_pending_event")]
