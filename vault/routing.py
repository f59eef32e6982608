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
    digest, *_ = _digests(kind, key)
    RoutingEntry.objects.create(digest=digest, workspace_id=current_workspace_id(), object_id=object_id)


def find_route(*, kind: str, key: str) -> Route | None:
    """Whose `key` is, asked inside a transaction and outside any scope."""
    entry = None
    # The oldest first: nobody takes over what was routed under a key of before.
    for digest in reversed(_digests(kind, key)):
        set_local("app.route", digest.hex())
        entry = entry or RoutingEntry.objects.filter(digest=digest).first()
    set_local("app.route", "")
    return None if entry is None else Route(entry.workspace_id, entry.object_id)


def remove_route(*, kind: str, key: str) -> None:
    """Forget `key` of the workspace in scope."""
    RoutingEntry.objects.filter(digest__in=_digests(kind, key)).delete()


def _digests(kind: str, key: str) -> list[bytes]:
    """Under today's key, and under each that was before: what it routed can't be found anew, the keys are not kept."""
    made_of = f"{kind}\x00{key}".encode()
    return [
        hmac.digest(one.encode(), made_of, sha256) for one in (settings.ROUTING_KEY, *settings.ROUTING_KEY_FALLBACKS)
    ]
