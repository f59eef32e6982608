"""What stands in the way of deleting an account."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.models import Membership
from accounts.permissions import Role
from vault.fields import open_fields
from vault.keyring import KeyDestroyed
from vault.providers.base import KeyUnusable
from vault.tenancy import as_person, enter_workspace


@dataclass(frozen=True, slots=True)
class HeldAlone:
    """A workspace that nobody else could answer for. `name` is its slug where the name cannot be opened."""

    slug: str
    name: str


@transaction.atomic
def list_held_alone(user_id: UUID) -> tuple[HeldAlone, ...]:
    """The workspaces of which a person is the only Owner who can sign in, by name; one whose data was destroyed is none.

    Asked outside any scope.
    """
    with as_person(user_id):
        owned = list(Membership.objects.select_related("workspace").filter(user_id=user_id, role=Role.OWNER))
    held = [one for membership in owned if (one := _held_alone(membership))]
    return tuple(sorted(held, key=lambda one: one.name.casefold()))


def _held_alone(membership: Membership) -> HeldAlone | None:
    workspace = membership.workspace
    try:
        with enter_workspace(workspace.pk):
            others = Membership.objects.filter(role=Role.OWNER, user__is_active=True).exclude(pk=membership.pk)
            if others.exists():
                return None
            open_fields(workspace, "name")
            return HeldAlone(workspace.slug, workspace.name)
    except KeyDestroyed:
        return None
    except KeyUnusable:
        return HeldAlone(workspace.slug, workspace.slug)
