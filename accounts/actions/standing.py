"""Who may act on whom, decided under the workspace's lock: a right that was taken a moment ago is not used any more."""

from uuid import UUID

from accounts.models import Membership, Workspace
from accounts.permissions import Role
from audit.log import Actor
from audit.models import Event
from vault.tenancy import as_person, current_workspace_id


class NotAllowed(PermissionError):
    """The person who acts may not do this to that person."""


class LastOwner(ValueError):
    """A workspace must keep somebody who answers for it."""

    def __init__(self) -> None:
        super().__init__("This is the only Owner. Make somebody else an Owner first.")


def lock_memberships() -> None:
    """Hold back every other change of who belongs to the workspace in scope until this transaction ends."""
    Workspace.objects.select_for_update(no_key=True).get(pk=current_workspace_id())


def role_of(actor: Actor) -> Role:
    """The role in which somebody acts now; the product itself acts as an Owner would. Raises NotAllowed."""
    if actor.kind == Event.ActorKind.SYSTEM:
        return Role.OWNER
    members = Membership.objects.filter(user__is_active=True)
    own = members.filter(user_id=actor.user_id).first() if actor.user_id else None
    if own is None:
        raise NotAllowed("You do not belong to this workspace any more.")
    return Role(own.role)


def owners_in_scope() -> list[UUID]:
    """Everybody who answers for the workspace in scope and can sign in."""
    owners = Membership.objects.filter(role=Role.OWNER, user__is_active=True)
    return list(owners.order_by("created_at", "id").values_list("user_id", flat=True))


def other_owners(user_id: UUID) -> list[UUID]:
    """Who else could answer for the workspace in scope, longest first."""
    return [owner for owner in owners_in_scope() if owner != user_id]


def keep_an_owner(membership: Membership) -> None:
    """Raises LastOwner where the membership is the only one of an Owner who can sign in."""
    if membership.role == Role.OWNER and not other_owners(membership.user_id):
        raise LastOwner


def workspaces_of(user_id: UUID) -> list[UUID]:
    """Every workspace that a person belongs to, always in the same order, so that locks do not cross. Outside any scope."""
    with as_person(user_id):
        memberships = Membership.objects.filter(user_id=user_id).order_by("workspace_id")
        return list(memberships.values_list("workspace_id", flat=True))


def slug_in_scope() -> str:
    """The address of the workspace in scope, for links in mails: random words that say nothing of the company."""
    return Workspace.objects.values_list("slug", flat=True).get(pk=current_workspace_id())
