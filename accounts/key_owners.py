"""Whose key a command means: workspaces by their address or id, people by the address they sign in with or their id."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q

from accounts.access import workspace_scope
from accounts.models import User, Workspace
from vault.keyring import every_workspace_id
from vault.providers.base import KeyOwner


class UnknownOwner(LookupError):
    """No workspace or person is known by what was given."""

    def __init__(self, kind: str, given: str) -> None:
        super().__init__(f"There is no {kind} {given}")


def find_workspace(given: str) -> KeyOwner:
    """The workspace of this address (its slug) or id. Raises UnknownOwner."""
    wanted = _as_id(given)
    for workspace_id in every_workspace_id():
        if workspace_id == wanted or (wanted is None and _has_slug(workspace_id, given)):
            return KeyOwner("workspace", workspace_id)
    raise UnknownOwner("workspace", given)


def find_person(given: str) -> KeyOwner:
    """The person who signs in with this address, or has this id. Raises UnknownOwner."""
    wanted = _as_id(given)
    found = User.objects.filter(Q(pk=wanted) if wanted else Q(email=given.lower())).first()
    if found is None:
        raise UnknownOwner("person", given)
    return KeyOwner("person", found.pk)


def every_owner() -> Iterator[KeyOwner]:
    """Every workspace, the site's own among them, and every person."""
    for workspace_id in every_workspace_id():
        yield KeyOwner("workspace", workspace_id)
    for person_id in User.objects.order_by("date_joined").values_list("pk", flat=True):
        yield KeyOwner("person", person_id)


def _has_slug(workspace_id: UUID, slug: str) -> bool:
    # Workspaces are seen one at a time, also by a command.
    with workspace_scope(workspace_id):
        return Workspace.objects.filter(slug=slug).exists()


def _as_id(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None
