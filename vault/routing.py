"""Finding the workspace of a webhook, callback or invitation before any scope is known.

The table holds only HMACs, and row-level security shows a row to nobody but its workspace and whoever already knows
what the HMAC was made of.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from vault.models import RoutingEntry
from vault.tenancy import current_workspace_id, set_local


@dataclass(frozen=True, slots=True)
class Route:
    """The workspace and the object in it that a provider's id or a token stands for."""

    workspace_id: UUID
    object_id: UUID


def add_route(*, kind: str, key: str, object_id: UUID) -> None:
    """Make `key` findable for the workspace in scope. Raises IntegrityError when another object has it."""
    RoutingEntry.objects.create(digest=_digest(kind, key), workspace_id=current_workspace_id(), object_id=object_id)


def find_route(*, kind: str, key: str) -> Route | None:
    """Whose `key` is, asked inside a transaction and outside any scope."""
    digest = _digest(kind, key)
    set_local("app.route", digest.hex())
    entry = RoutingEntry.objects.filter(digest=digest).first()
    set_local("app.route", "")
    return None if entry is None else Route(entry.workspace_id, entry.object_id)


def remove_route(*, kind: str, key: str) -> None:
    """Forget `key` of the workspace in scope."""
    RoutingEntry.objects.filter(digest=_digest(kind, key)).delete()


def _digest(kind: str, key: str) -> bytes:
    return hmac.digest(settings.ROUTING_KEY.encode(), f"{kind}\x00{key}".encode(), sha256)
