"""Deeds on invitations: by an address, for seven days, once. The link is in the mail alone; here is only its digest."""

from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.actions.seats import require_seat, require_seat_for_member
from accounts.actions.standing import NotAllowed, lock_memberships, role_of, slug_in_scope
from accounts.invitation_links import add_link, digest_of, find_link, remove_link
from accounts.mail import request_mail
from accounts.models import Invitation, Membership, User
from accounts.permissions import Role, may_give
from audit.log import Actor, Target, record
from vault.tenancy import current_workspace_id, enter_workspace

LIFETIME = timedelta(days=7)
APART = timedelta(minutes=1)
MOST_MAILS = 5
MOST_A_DAY = 50
TOKEN_BYTES = 32


class AlreadyInvited(ValueError):
    """An invitation to this address is open."""


class InvitationGone(LookupError):
    """The invitation was used, cancelled, declined, has expired or never was: which of these is nobody's business."""

    def __init__(self) -> None:
        super().__init__("This invitation does not work any more. Ask whoever invited you for a new one.")


class WrongAddress(PermissionError):
    """The invitation is for another address than the one somebody signed in with."""


class TooManyMails(ValueError):
    """Invitations are mail to people who did not ask for it, so there is a bound."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The workspace that somebody has just joined, and the name of their first page there."""

    slug: str
    first_page: str


@transaction.atomic
def invite(*, actor: Actor, email: str, role: Role) -> Invitation:
    """Keep a place in the workspace in scope for whoever has this address, and ask for the mail that says so.

    Raises NotAllowed, AlreadyInvited, SeatsTaken, TooManyMails. Whether there is an account with the address is never said.
    """
    lock_memberships()
    if not may_give(role_of(actor), role) or actor.user_id is None:
        raise NotAllowed("You may not invite somebody with this role.")
    email = email.lower()
    if Membership.objects.filter(user__email=email).exists():
        raise AlreadyInvited("Somebody with this address belongs to the workspace already.")
    _make_way(actor, email)
    require_seat()
    _hold_back()
    invitation = Invitation(email=email, role=role, inviter_id=actor.user_id)
    _send(invitation)
    _record(actor, "created", invitation, {"email": email, "role": role.value})
    return invitation


@transaction.atomic
def resend_invitation(*, actor: Actor, invitation_id: UUID) -> None:
    """Another mail with another link, good for seven days from now; the link before it works no more.

    One that had expired takes a seat again. Raises Invitation.DoesNotExist, InvitationGone, NotAllowed, SeatsTaken,
    TooManyMails.
    """
    lock_memberships()
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if invitation.state != Invitation.State.OPEN:
        raise InvitationGone
    if not may_give(role_of(actor), Role(invitation.role)):
        raise NotAllowed("You may not invite somebody with this role.")
    if timezone.now() - invitation.mailed_at < APART:
        raise TooManyMails("A mail was sent just now. Wait a minute before the next one.")
    if invitation.mails >= MOST_MAILS:
        raise TooManyMails("Enough mails went to this address. Cancel the invitation and ask the person first.")
    if not invitation.is_open():
        require_seat()
    _hold_back()
    remove_link(bytes(invitation.token_digest).hex())
    _send(invitation)
    _record(actor, "resent", invitation, {})


@transaction.atomic
def cancel_invitation(*, actor: Actor, invitation_id: UUID) -> None:
    """Take an invitation back. Quiet when it is over. Raises Invitation.DoesNotExist, NotAllowed."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if not may_give(role_of(actor), Role(invitation.role)):
        raise NotAllowed("You may not cancel an invitation to this role.")
    if invitation.state == Invitation.State.OPEN:
        _cancel(actor, invitation)


@transaction.atomic
def cancel_invitations_of(*, actor: Actor, user_id: UUID) -> int:
    """Take back all that somebody invited in the workspace in scope, expired ones too; how many were still open."""
    found = Invitation.objects.select_for_update().filter(inviter_id=user_id, state=Invitation.State.OPEN)
    still_open = 0
    for invitation in found:
        still_open += invitation.is_open()
        _cancel(actor, invitation)
    return still_open


@transaction.atomic
def accept_invitation(*, actor: Actor, user: User, digest: str) -> Joined:
    """Take the place, asked outside any scope. Raises InvitationGone, WrongAddress, SeatsTaken: then it stays open."""
    with enter_workspace(_workspace_of(digest)):
        lock_memberships()
        invitation = _take(digest, user)
        role = _role_for(invitation, user)
        require_seat_for_member(user.pk)
        membership, created = Membership.objects.get_or_create(
            workspace_id=current_workspace_id(), user=user, defaults={"role": role}
        )
        _close(invitation, Invitation.State.ACCEPTED)
        detail = {"user": str(user.pk), "role": membership.role, "invitation": str(invitation.pk)}
        if created:
            target = Target("membership", membership.pk)
            record(actor=actor, action="accounts.membership.created", target=target, detail=detail)
        _record(actor, "accepted", invitation, detail)
        return Joined(slug_in_scope(), membership.first_page)


@transaction.atomic
def decline_invitation(*, actor: Actor, user: User, digest: str) -> None:
    """Leave the place empty, asked outside any scope. Raises InvitationGone, WrongAddress."""
    with enter_workspace(_workspace_of(digest)):
        invitation = _take(digest, user)
        _close(invitation, Invitation.State.DECLINED)
        _record(actor, "declined", invitation, {})


def _workspace_of(digest: str) -> UUID:
    workspace_id = find_link(digest)
    if workspace_id is None:
        raise InvitationGone
    return workspace_id


def _take(digest: str, user: User) -> Invitation:
    """The invitation in scope of this digest, locked, if it is open and this person's."""
    found = Invitation.objects.select_for_update().filter(token_digest=bytes.fromhex(digest)).first()
    if found is None or not found.is_open():
        raise InvitationGone
    if found.email != user.email:
        raise WrongAddress("This invitation is for another address than the one you signed in with.")
    return found


def _role_for(invitation: Invitation, user: User) -> Role:
    # Who invited may have been given less to do since then.
    inviter = Membership.objects.filter(user_id=invitation.inviter_id, user__is_active=True).first()
    if inviter is None or not may_give(Role(inviter.role), Role(invitation.role)):
        raise InvitationGone
    return Role(invitation.role)


def _make_way(actor: Actor, email: str) -> None:
    """Close what has expired for this address. Raises AlreadyInvited."""
    for invitation in Invitation.objects.select_for_update().filter(state=Invitation.State.OPEN):
        if invitation.email != email:
            continue
        if invitation.is_open():
            raise AlreadyInvited("This address is invited already. You can send the mail again.")
        _cancel(actor, invitation)


def _hold_back() -> None:
    # All mails of an invitation count by its last one: a few too many rather than those of an old one not at all.
    mailed = Invitation.objects.filter(mailed_at__gt=timezone.now() - timedelta(days=1))
    if (mailed.aggregate(sent=Sum("mails"))["sent"] or 0) >= MOST_A_DAY:
        raise TooManyMails("That is a lot of invitations for one day. Go on tomorrow.")


def _send(invitation: Invitation) -> None:
    """Save it with a new link, which nobody but the mail knows."""
    now, token = timezone.now(), token_urlsafe(TOKEN_BYTES)
    invitation.token_digest = bytes.fromhex(digest_of(token))
    invitation.expires_at, invitation.mailed_at, invitation.mails = now + LIFETIME, now, invitation.mails + 1
    invitation.save()
    add_link(digest_of(token), invitation.pk)
    request_mail(kind="invitation", address=invitation.email, detail={"token": token})


def _cancel(actor: Actor, invitation: Invitation) -> None:
    _close(invitation, Invitation.State.CANCELLED)
    _record(actor, "cancelled", invitation, {})


def _close(invitation: Invitation, state: Invitation.State) -> None:
    remove_link(bytes(invitation.token_digest).hex())
    invitation.state, invitation.ended_at = state, timezone.now()
    invitation.save(update_fields=["state", "ended_at"])


def _record(actor: Actor, deed: str, invitation: Invitation, detail: dict[str, str]) -> None:
    target = Target("invitation", invitation.pk)
    record(actor=actor, action=f"accounts.invitation.{deed}", target=target, detail=detail)
