"""Deleting an account: asked for, called off, and carried out seven days later, as a whole or not at all."""

from datetime import timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts.actions.keys import destroy_person_key
from accounts.actions.members import leave_workspace
from accounts.actions.recovery import cancel_recovery
from accounts.actions.sessions import end_all_sessions
from accounts.actions.standing import LastOwner, workspaces_of
from accounts.mail import request_mail
from accounts.models import (
    ALL_FACTORS,
    DELETED_DOMAIN,
    AccountDeletion,
    AddressChange,
    KnownDevice,
    Membership,
    User,
)
from accounts.reports.deletions import list_held_alone
from audit.log import Actor, Target, record
from vault.keyring import key_rows
from vault.providers.base import KeyOwner
from vault.tenancy import SITE_ID, enter_workspace

COOLING_OFF = timedelta(days=7)
THEIRS = (*ALL_FACTORS, KnownDevice, AddressChange, EmailAddress)


@transaction.atomic
def ask_deletion(*, actor: Actor, user: User) -> AccountDeletion:
    """Have an account deleted in seven days, or find that it was asked before. Outside any scope. Raises LastOwner."""
    if list_held_alone(user.pk):
        raise LastOwner
    due_at = timezone.now() + COOLING_OFF
    deletion, is_new = AccountDeletion.objects.get_or_create(user=user, defaults={"due_at": due_at})
    if is_new:
        request_mail(kind="deletion_asked", user_id=user.pk, detail={"days": COOLING_OFF.days})
        _record(actor, "deletion_asked", user.pk)
    return deletion


@transaction.atomic
def cancel_deletion(*, actor: Actor, user: User) -> bool:
    """Keep the account; False when nobody had asked for its deletion, or it is called off already."""
    was_there, _ = AccountDeletion.objects.filter(user=user).delete()
    if was_there:
        _record(actor, "deletion_cancelled", user.pk)
    return bool(was_there)


def complete_deletion(*, actor: Actor, deletion_id: UUID) -> bool:
    """Delete an account whose cooling-off is over; False when it is not over, was called off, or is put off now.

    It is put off where the person has become the only Owner of a workspace meanwhile. Outside any scope.
    """
    try:
        return _complete(actor, deletion_id)
    except LastOwner:
        _put_off(actor, deletion_id)
        return False


@transaction.atomic
def _complete(actor: Actor, deletion_id: UUID) -> bool:
    deletion = _take(deletion_id)
    if deletion is None:
        return False
    user = deletion.user
    # To the address itself: when the mail is sent, the person has none any more.
    request_mail(kind="account_deleted", address=user.email)
    for workspace_id in workspaces_of(user.pk):
        _leave(user.pk, workspace_id)
    cancel_recovery(actor=actor, user=user)
    end_all_sessions(actor=actor, user=user)
    deletion.delete()
    _forget(user)
    destroy_person_key(actor=actor, person_id=user.pk)
    _record(actor, "deleted", user.pk)
    return True


@transaction.atomic
def _put_off(actor: Actor, deletion_id: UUID) -> None:
    deletion = _take(deletion_id)
    if deletion is None:
        return
    deletion.due_at = timezone.now() + COOLING_OFF
    deletion.save(update_fields=["due_at"])
    request_mail(kind="deletion_put_off", user_id=deletion.user_id, detail={"days": COOLING_OFF.days})
    _record(actor, "deletion_put_off", deletion.user_id)


def _take(deletion_id: UUID) -> AccountDeletion | None:
    due = AccountDeletion.objects.select_for_update(of=["self"]).select_related("user")
    return due.filter(pk=deletion_id, due_at__lte=timezone.now()).first()


def _leave(user_id: UUID, workspace_id: UUID) -> None:
    with enter_workspace(workspace_id):
        membership = Membership.objects.get(user_id=user_id)
        # Nobody answers for what is gone, and there is no record left to write it into.
        if any(row.destroyed_at for row in key_rows(KeyOwner("workspace", workspace_id))):
            membership.delete()
        else:
            leave_workspace(actor=Actor.person(user_id), membership_id=membership.pk)


def _forget(user: User) -> None:
    for model in THEIRS:
        model.objects.filter(user=user).delete()
    user.email, user.time_zone = f"{user.pk}@{DELETED_DOMAIN}", "UTC"
    user.save(update_fields=["email", "time_zone"])


def _record(actor: Actor, deed: str, user_id: UUID) -> None:
    with enter_workspace(SITE_ID):
        record(actor=actor, action=f"accounts.user.{deed}", target=Target("user", user_id))
