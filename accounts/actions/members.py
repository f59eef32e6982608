"""Deeds on memberships. Each is in effect with the person's next request: every request reads its membership anew."""

from uuid import UUID

from django.db import transaction

from accounts.actions.invitations import cancel_invitations_of
from accounts.actions.operator_grants import end_operator_grants_of
from accounts.actions.ownership import cancel_offers_about
from accounts.actions.standing import NotAllowed, keep_an_owner, lock_memberships, other_owners, role_of, slug_in_scope
from accounts.departures import hand_over_all
from accounts.mail import request_mail
from accounts.models import Membership, User, Workspace
from accounts.permissions import Permission, Role, may_act_on, may_give, roles_with
from audit.log import Actor, Target, changes, record
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


@transaction.atomic
def change_role(*, actor: Actor, membership_id: UUID, role: Role) -> Membership:
    """Let a member of the workspace in scope do more or less. Raises Membership.DoesNotExist, NotAllowed, LastOwner."""
    membership = _take(actor, membership_id)
    if membership.role == role:
        return membership
    if not may_give(role_of(actor), role):
        raise NotAllowed("A new Owner is made by two people: see Settings, Ownership.")
    keep_an_owner(membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    if role not in roles_with(Permission.INVITE_MEMBERS):
        cancel_invitations_of(actor=actor, user_id=membership.user_id)
    if role not in roles_with(Permission.GRANT_OPERATOR_ACCESS):
        end_operator_grants_of(actor=actor, user_id=membership.user_id)
    cancel_offers_about(actor=actor, user_id=membership.user_id)
    record(
        actor=actor,
        action="accounts.membership.role_changed",
        target=Target("membership", membership.pk),
        detail={"user": str(membership.user_id), **changes({"role": before}, {"role": role.value})},
    )
    request_mail(kind="role_changed", user_id=membership.user_id, detail={"slug": slug_in_scope(), "role": role.label})
    return membership


@transaction.atomic
def remove_member(*, actor: Actor, membership_id: UUID) -> None:
    """End somebody else's place in the workspace in scope. Raises Membership.DoesNotExist, NotAllowed, LastOwner."""
    membership = _take(actor, membership_id)
    _end(actor, membership, "accounts.membership.removed")
    request_mail(kind="membership_removed", user_id=membership.user_id, detail={"slug": slug_in_scope()})


@transaction.atomic
def leave_workspace(*, actor: Actor, membership_id: UUID) -> None:
    """End one's own place in the workspace in scope. Raises Membership.DoesNotExist, NotAllowed, LastOwner."""
    lock_memberships()
    membership = Membership.objects.get(pk=membership_id)
    if membership.user_id != actor.user_id:
        raise NotAllowed("Nobody leaves for somebody else.")
    _end(actor, membership, "accounts.membership.left")


def _take(actor: Actor, membership_id: UUID) -> Membership:
    """The membership, if the person who acts may act on it."""
    lock_memberships()
    membership = Membership.objects.select_related("user").get(pk=membership_id)
    if membership.user_id == actor.user_id:
        raise NotAllowed("Nobody changes their own role. Ask an Owner or another Admin.")
    if not may_act_on(role_of(actor), Role(membership.role)):
        raise NotAllowed("Only an Owner can do this to an Owner.")
    return membership


def _end(actor: Actor, membership: Membership, action: str) -> None:
    keep_an_owner(membership)
    user_id = membership.user_id
    invitations = cancel_invitations_of(actor=actor, user_id=user_id)
    end_operator_grants_of(actor=actor, user_id=user_id)
    cancel_offers_about(actor=actor, user_id=user_id)
    handed_over = hand_over_all(actor=actor, leaving=user_id, heir=_heir(actor, user_id))
    detail = {"user": str(user_id), "role": membership.role, "invitations": invitations, "handed_over": handed_over}
    record(actor=actor, action=action, target=Target("membership", membership.pk), detail=detail)
    membership.delete()


def _heir(actor: Actor, leaving: UUID) -> UUID | None:
    """The Owner who acts, or the longest-standing one; none where no Owner can sign in."""
    owners = other_owners(leaving)
    return actor.user_id if actor.user_id in owners and actor.user_id is not None else next(iter(owners), None)
