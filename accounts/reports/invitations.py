"""Invitations as Settings and the invited see them, and the offer of ownership that is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.invitation_links import find_link
from accounts.models import Invitation, Membership, OwnershipOffer, User, Workspace
from accounts.permissions import Role, may_give
from accounts.reports.members import describe_role
from vault.keyring import KeyDestroyed, prepare_person_keys
from vault.tenancy import current_workspace_id, enter_workspace

SHOWN_AFTERWARDS = timedelta(days=30)
STATES = {
    Invitation.State.OPEN: ("Waiting", "busy"),
    Invitation.State.ACCEPTED: ("Accepted", "ok"),
    Invitation.State.DECLINED: ("Declined", "quiet"),
    Invitation.State.CANCELLED: ("Cancelled", "quiet"),
}
EXPIRED = ("Expired", "warn")


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """One invitation in a list. Times are UTC. `may_resend`: it is waiting or expired, and the viewer may give its role."""

    id: UUID
    address: str
    role: str
    inviter: str
    state: str
    tone: str
    created_at: datetime
    expires_at: datetime
    is_waiting: bool
    may_resend: bool
    may_cancel: bool


@dataclass(frozen=True, slots=True)
class Door:
    """What somebody who holds an open invitation may know of it before they have accepted."""

    workspace: str
    slug: str
    role: str
    may: str
    inviter: str
    address: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OfferLine:
    """The offer of ownership that is open. `due_at` (UTC) is when it takes effect by itself."""

    giver: str
    receiver: str
    steps_down: bool
    due_at: datetime | None
    is_to_viewer: bool


def list_invitations(*, viewer: Role) -> tuple[InvitationLine, ...]:
    """The invitations of the workspace in scope that are open or ended not long ago, newest first."""
    recent = timezone.now() - SHOWN_AFTERWARDS
    shown = Q(state=Invitation.State.OPEN) | Q(ended_at__gt=recent)
    found = list(Invitation.objects.select_related("inviter").filter(shown).order_by("-created_at", "id"))
    prepare_person_keys({invitation.inviter_id for invitation in found})
    return tuple(_line(invitation, viewer) for invitation in found)


def read_door(digest: str) -> Door | None:
    """The open invitation that a link leads to, asked inside a transaction and outside any scope."""
    workspace_id = find_link(digest)
    if workspace_id is None:
        return None
    try:
        with enter_workspace(workspace_id):
            return _door(digest)
    except KeyDestroyed:
        return None


def read_offer(*, viewer: UUID) -> OfferLine | None:
    """The offer of ownership that is open in the workspace in scope."""
    offer = OwnershipOffer.objects.select_related("giver", "receiver").filter(state=OwnershipOffer.State.OPEN).first()
    if offer is None:
        return None
    is_to_viewer = offer.receiver_id == viewer
    return OfferLine(offer.giver.shown_name, offer.receiver.shown_name, offer.steps_down, offer.due_at, is_to_viewer)


def list_future_owners() -> list[tuple[str, str]]:
    """The memberships that could be an Owner's, by id, each with the person's name and role."""
    members = Membership.objects.select_related("user").filter(user__is_active=True).exclude(role=Role.OWNER)
    found = list(members.order_by("user__email"))
    prepare_person_keys(membership.user_id for membership in found)
    return [(str(one.pk), f"{_whole_name(one.user)}, {Role(one.role).label}") for one in found]


def _line(invitation: Invitation, viewer: Role) -> InvitationLine:
    is_open, may_change = invitation.state == Invitation.State.OPEN, may_give(viewer, Role(invitation.role))
    state, tone = STATES[Invitation.State(invitation.state)]
    if is_open and not invitation.is_open():
        state, tone = EXPIRED
    return InvitationLine(
        id=invitation.pk,
        address=invitation.email,
        role=Role(invitation.role).label,
        inviter=invitation.inviter.shown_name,
        state=state,
        tone=tone,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        is_waiting=invitation.is_open(),
        may_resend=is_open and may_change,
        may_cancel=is_open and may_change,
    )


def _door(digest: str) -> Door | None:
    found = Invitation.objects.select_related("inviter").filter(token_digest=bytes.fromhex(digest)).first()
    if found is None or not found.is_open():
        return None
    workspace, role = Workspace.objects.get(pk=current_workspace_id()), Role(found.role)
    return Door(
        workspace=workspace.name,
        slug=workspace.slug,
        role=role.label,
        may=describe_role(role),
        inviter=_whole_name(found.inviter),
        address=found.email,
        expires_at=found.expires_at,
    )


def _whole_name(user: User) -> str:
    name = user.shown_name
    return name if name == user.email else f"{name} ({user.email})"
