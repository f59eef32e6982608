"""Deeds on memberships."""

from django.db import transaction

from accounts.models import Membership, User, Workspace
from accounts.permissions import Role
from audit.log import Actor, Target, record
from vault.tenancy import enter_workspace


class AlreadyMember(ValueError):
    """The person belongs to the workspace already."""


@transaction.atomic
def add_member(*, actor: Actor, workspace: Workspace, user: User, role: Role) -> Membership:
    """Give a person a place in a workspace. Raises AlreadyMember."""
    with enter_workspace(workspace.pk):
        membership, created = Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": role})
        if not created:
            raise AlreadyMember("This person belongs to the workspace already.")
        record(
            actor=actor,
            action="accounts.membership.created",
            target=Target("membership", membership.pk),
            detail={"user": str(user.pk), "role": role.value},
        )
    return membership
