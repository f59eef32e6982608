"""Everything that is sealed for a workspace, opened: what must be the same before and after its key is rotated."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction

from audit.log import open_detail
from audit.models import Event
from ledger.models import SheetPart
from vault.blobs import BlobKey, open_blob
from vault.fields import SealedField
from vault.tenancy import enter_workspace

Opened = dict[tuple[str, UUID], Any]


def opened_values(workspace_id: UUID) -> Opened:
    """By label and row. Opening is the proof that each stands where it was sealed for."""
    found: Opened = {}
    with transaction.atomic(), enter_workspace(workspace_id):
        for model in apps.get_models():
            fields = [one for one in model._meta.concrete_fields if isinstance(one, SealedField)]
            for row in model._default_manager.all() if any(one.owner == "workspace" for one in fields) else ():
                found |= {(field.label, row.pk): _plain(getattr(row, field.attname)) for field in fields}
        for part in SheetPart.objects.all():
            label = f"ledger.sheet.{part.part}"
            found[label, part.pk] = bytes(open_blob(BlobKey(label, part.head_id, part.version), bytes(part.sealed)))
    return found


def opened_record(workspace_id: UUID) -> list[dict[str, object]]:
    """The details of a workspace's record, in the order they were written."""
    with transaction.atomic(), enter_workspace(workspace_id):
        return [open_detail(event) for event in Event.objects.order_by("occurred_at", "id")]


def versions_in(table: str, column: str, workspace_id: UUID) -> set[int]:
    """The key versions that the values of a column name."""
    with transaction.atomic(), enter_workspace(workspace_id), connection.cursor() as cursor:
        cursor.execute(
            f'SELECT DISTINCT substring("{column}" FROM 2 FOR 4) FROM "{table}" WHERE "{column}" IS NOT NULL'
        )
        return {int.from_bytes(version, "big") for (version,) in cursor.fetchall()}


def _plain(value: Any) -> Any:
    return value.reveal() if hasattr(value, "reveal") else value
