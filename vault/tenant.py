"""The base of every model whose rows belong to a workspace."""

from uuid import uuid4

from django.db import models

from vault.fields import WorkspaceIdField
from vault.querysets import TenantManager


class TenantModel(models.Model):
    """A row of one workspace. The workspace is filled in from the scope; row-level security holds it there."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    workspace_id = WorkspaceIdField()

    objects = TenantManager()

    class Meta:
        abstract = True
