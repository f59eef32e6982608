"""The record: events as they happened, the links that chain them, and the checkpoints signed over the chain, all three
append-only in the database itself; beside them what was found when they were verified, and bundles made for auditors.
"""

from django.db import models

from vault.fields import HashedSeal, SealedBytes, TenantForeignKey, WorkspaceIdField
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
            # Few events are refused or fail, and whoever looks for these would go through all the others.
            models.Index(
                fields=["workspace_id", "outcome", "occurred_at"],
                name="audit_event_outcome",
                condition=~models.Q(outcome="succeeded"),
            ),
            # A sync writes thousands of events for each that a person does.
            models.Index(
                fields=["workspace_id", "occurred_at", "id"],
                name="audit_event_people",
                condition=models.Q(actor_kind="person"),
            ),
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


class Checkpoint(TenantModel):
    """What was signed of a chain at a moment (UTC): its size, the hash of its last link, and the tree hash of its events.

    `frontier` is what the next one goes on from; it is not signed, and holds only if it makes the root, which is.
    """

    number = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    head = models.BinaryField()
    root = models.BinaryField()
    frontier = models.BinaryField()
    previous_hash = models.BinaryField()
    taken_at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "number"], name="audit_checkpoint_number"),
        ]


class Verification(models.Model):
    """What the last verification of a workspace's chain found, and how far the one under way has come.

    `faults` are sentences with ids and numbers only, the first of `fault_count`. All but the first two columns are empty
    until one has been finished.
    """

    workspace_id = WorkspaceIdField(primary_key=True)
    progress = models.TextField(blank=True)
    began_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    length = models.PositiveBigIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    checkpoints = models.PositiveIntegerField(default=0)
    fault_count = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)


class Follower(models.Model):
    """How far a record has been gone through by what copies people's sign-ins from it: the last link seen."""

    workspace_id = WorkspaceIdField(primary_key=True)
    sequence = models.PositiveBigIntegerField(default=0)


class Bundle(TenantModel):
    """An export of the record for an auditor: made by the worker, kept sealed in parts until it expires. Times are UTC.

    `due_at` is when a worker may take it up, or take it up anew from one that is gone; `run` names the one at work.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        FAILED = "failed"

    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by_id = models.UUIDField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    run = models.UUIDField(null=True)
    expires_at = models.DateTimeField()
    events = models.PositiveBigIntegerField(default=0)
    written = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)


class BundlePart(TenantModel):
    """Some megabytes of a bundle's file."""

    bundle = TenantForeignKey(Bundle)
    number = models.PositiveIntegerField()
    data = SealedBytes(label="audit.bundlepart.data")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "bundle_id", "number"], name="audit_bundlepart_number"),
        ]
