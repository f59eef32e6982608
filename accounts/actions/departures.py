"""Locking somebody out of everything in one step, and letting them in again [R57, R58, R59]."""

from contextlib import suppress
from uuid import UUID

from django.db import transaction

from accounts.actions.invitations import cancel_invitations_of
from accounts.actions.operator_grants import end_operator_grants_of
from accounts.actions.ownership import cancel_offers_about
from accounts.actions.sessions import end_all_sessions
from accounts.actions.standing import lock_memberships, other_owners, workspaces_of
from accounts.departures import hand_over_all
from accounts.models import Membership, User
from audit.log import Actor, Target, record
from vault.keyring import KeyDestroyed, key_rows
from vault.providers.base import KeyOwner
from vault.tenancy import SITE_ID, enter_workspace


class PersonGone(ValueError):
    """What was theirs has been destroyed, and there is nobody to let in again."""

    def __init__(self) -> None:
        super().__init__("This account was deleted for good and cannot be opened again.")


@transaction.atomic
def deactivate_person(*, actor: Actor, user_id: UUID) -> bool:
    """Let somebody in no more, at once and everywhere; False when they were locked out before. Asked outside any scope.

    Their sessions end and what they had invited others with stops working. In each workspace what they were responsible
    for goes to an Owner; where they are the only one it stays. Memberships stay too, so that `reactivate_person` is whole.
    Raises User.DoesNotExist.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if not user.is_active:
        return False
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions = end_all_sessions(actor=actor, user=user)
    workspaces = workspaces_of(user_id)
    for workspace_id in workspaces:
        # A workspace whose data is gone has nothing to hand over, and must not keep anybody's login open.
        with suppress(KeyDestroyed), transaction.atomic(), enter_workspace(workspace_id):
            _depart(actor, user_id)
    _record_on_site(actor, "deactivated", user, {"sessions": sessions, "workspaces": len(workspaces)})
    return True


@transaction.atomic
def reactivate_person(*, actor: Actor, user_id: UUID) -> bool:
    """Let somebody in again, to the memberships they have; False when nothing kept them out. Asked outside any scope.

    What was handed over stays where it is. Raises User.DoesNotExist, PersonGone.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if user.is_active:
        return False
    if any(row.destroyed_at for row in key_rows(KeyOwner("person", user_id))):
        raise PersonGone
    user.is_active = True
    user.save(update_fields=["is_active"])
    for workspace_id in workspaces_of(user_id):
        with suppress(KeyDestroyed), transaction.atomic(), enter_workspace(workspace_id):
            _record_in_workspace(actor, "reactivated", user_id, {})
    _record_on_site(actor, "reactivated", user, {})
    return True


def _depart(actor: Actor, user_id: UUID) -> None:
    lock_memberships()
    invitations = cancel_invitations_of(actor=actor, user_id=user_id)
    end_operator_grants_of(actor=actor, user_id=user_id)
    cancel_offers_about(actor=actor, user_id=user_id)
    heir = next(iter(other_owners(user_id)), None)
    handed_over = hand_over_all(actor=actor, leaving=user_id, heir=heir)
    _record_in_workspace(actor, "deactivated", user_id, {"invitations": invitations, "handed_over": handed_over})


def _record_in_workspace(actor: Actor, deed: str, user_id: UUID, detail: dict[str, object]) -> None:
    membership = Membership.objects.get(user_id=user_id)
    target = Target("membership", membership.pk)
    detail = {"user": str(user_id), **detail}
    record(actor=actor, action=f"accounts.membership.{deed}", target=target, detail=detail)


def _record_on_site(actor: Actor, deed: str, user: User, detail: dict[str, object]) -> None:
    with enter_workspace(SITE_ID):
        record(actor=actor, action=f"accounts.user.{deed}", target=Target("user", user.pk), detail=detail)
