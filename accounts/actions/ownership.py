"""Making somebody else an Owner: two people agree, or one waits seven days in which everybody hears of it."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions.standing import NotAllowed, lock_memberships, owners_in_scope, role_of, slug_in_scope
from accounts.mail import request_mail
from accounts.models import Membership, OwnershipOffer
from accounts.permissions import Role
from audit.log import Actor, Target, record

WAIT = timedelta(days=7)
State = OwnershipOffer.State


class OfferOpen(ValueError):
    """There is one already, and one at a time is enough."""


class NothingOffered(LookupError):
    """There is no offer that this could be about."""


@transaction.atomic
def offer_ownership(*, actor: Actor, membership_id: UUID, steps_down: bool) -> OwnershipOffer:
    """Ask a member of the workspace in scope to be an Owner; with `steps_down` the giver becomes an Admin then.

    Raises NotAllowed, OfferOpen.
    """
    lock_memberships()
    receiver = Membership.objects.select_related("user").filter(pk=membership_id).first()
    if role_of(actor) != Role.OWNER or actor.user_id is None:
        raise NotAllowed("Only an Owner can make somebody else an Owner.")
    if receiver is None:
        raise NotAllowed("They do not belong to this workspace any more. Choose somebody else.")
    if receiver.role == Role.OWNER or not receiver.user.is_active:
        raise NotAllowed("Choose a member who is not an Owner yet and can sign in.")
    if _open_offer() is not None:
        raise OfferOpen("Ownership is offered to somebody already. Withdraw that offer first.")
    offer = OwnershipOffer.objects.create(
        giver_id=actor.user_id, receiver=receiver.user, steps_down=steps_down, due_at=timezone.now() + WAIT
    )
    _tell(actor, "offered", offer)
    return offer


@transaction.atomic
def accept_ownership(*, actor: Actor) -> OwnershipOffer:
    """The second person agrees. Raises NothingOffered."""
    lock_memberships()
    offer = _offer_to(actor)
    _carry_out(offer, State.ACCEPTED)
    _tell(actor, "accepted", offer)
    return offer


@transaction.atomic
def decline_ownership(*, actor: Actor) -> OwnershipOffer:
    """The second person does not want it. Raises NothingOffered."""
    lock_memberships()
    offer = _offer_to(actor)
    _close(offer, State.DECLINED)
    _tell(actor, "declined", offer)
    return offer


@transaction.atomic
def cancel_ownership_offer(*, actor: Actor) -> OwnershipOffer:
    """Withdraw the open offer; any Owner may. Raises NothingOffered, NotAllowed."""
    lock_memberships()
    if role_of(actor) != Role.OWNER:
        raise NotAllowed("Only an Owner can withdraw it.")
    offer = _open_offer()
    if offer is None:
        raise NothingOffered("No offer of ownership is open.")
    _close(offer, State.CANCELLED)
    _tell(actor, "cancelled", offer)
    return offer


@transaction.atomic
def complete_waiting_offer(*, actor: Actor, offer_id: UUID) -> OwnershipOffer | None:
    """Nobody objected for seven days: the offer takes effect. None when it is over, or not due."""
    lock_memberships()
    offer = _open_offer()
    if offer is None or offer.pk != offer_id or offer.due_at is None or offer.due_at > timezone.now():
        return None
    _carry_out(offer, State.WAITED)
    _tell(actor, "waited", offer)
    return offer


@transaction.atomic
def cancel_offers_about(*, actor: Actor, user_id: UUID) -> None:
    """Withdraw the open offer if it is from or to somebody whose place has changed."""
    offer = _open_offer()
    if offer is not None and user_id in (offer.giver_id, offer.receiver_id):
        _close(offer, State.CANCELLED)
        _tell(actor, "cancelled", offer)


def _open_offer() -> OwnershipOffer | None:
    return OwnershipOffer.objects.select_for_update().filter(state=State.OPEN).first()


def _offer_to(actor: Actor) -> OwnershipOffer:
    offer = _open_offer()
    if offer is None or offer.receiver_id != actor.user_id:
        raise NothingOffered("Ownership is not offered to you any more.")
    return offer


def _carry_out(offer: OwnershipOffer, state: OwnershipOffer.State) -> None:
    Membership.objects.filter(user_id=offer.receiver_id).update(role=Role.OWNER)
    if offer.steps_down:
        Membership.objects.filter(user_id=offer.giver_id, role=Role.OWNER).update(role=Role.ADMIN)
    _close(offer, state)


def _close(offer: OwnershipOffer, state: OwnershipOffer.State) -> None:
    offer.state, offer.due_at, offer.ended_at = state, None, timezone.now()
    offer.save(update_fields=["state", "due_at", "ended_at"])


def _tell(actor: Actor, deed: str, offer: OwnershipOffer) -> None:
    """In the record, and by mail to both and to every Owner."""
    detail: dict[str, object] = {
        "giver": str(offer.giver_id),
        "receiver": str(offer.receiver_id),
        "steps_down": offer.steps_down,
    }
    record(actor=actor, action=f"accounts.ownership.{deed}", target=Target("ownership_offer", offer.pk), detail=detail)
    for user_id in {offer.giver_id, offer.receiver_id, *owners_in_scope()}:
        is_receiver = int(user_id == offer.receiver_id)
        request_mail(
            kind="ownership",
            user_id=user_id,
            detail={"slug": slug_in_scope(), "deed": deed, "is_receiver": is_receiver, "days": WAIT.days},
        )
