"""What the vault keeps in the database: its share of every key, and the table that routes callers to tenants."""

from uuid import uuid4

from django.db import models


class KeyFacts(models.Model):
    """The database's share of one version of a data key. Useless without the provider's share.

    A version that was rotated out has no share any more: its key is kept, sealed under the newest one in `wrapped`, for
    the record alone, whose sealed bytes are hashed and so never sealed anew. A destroyed one has neither.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    version = models.PositiveIntegerField()
    epoch = models.PositiveIntegerField(help_text="Rises whenever any key of the owner changes; cached keys carry it.")
    share = models.BinaryField()
    commitment = models.BinaryField()
    provider = models.CharField(max_length=20)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class WorkspaceKey(KeyFacts):
    workspace_id = models.UUIDField(editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace_id", "version"], name="vault_workspacekey_version")]


class PersonKey(KeyFacts):
    person_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "version"], name="vault_personkey_version")]


class RoutingEntry(models.Model):
    """Which workspace a webhook, callback or invitation belongs to, found by the HMAC of what it carries."""

    digest = models.BinaryField(primary_key=True)
    workspace_id = models.UUIDField(editable=False)
    object_id = models.UUIDField()
