"""Another address to sign in with: the old one and the new one each get a code, and both codes are asked for."""

import secrets
from datetime import timedelta
from enum import StrEnum
from hmac import compare_digest
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.actions.sessions import end_other_sessions
from accounts.mail import request_mail
from accounts.models import AddressChange, User
from audit.log import Actor, Target, changes, record
from audit.models import Event
from vault.locks import lock_until_commit
from vault.tenancy import SITE_ID, enter_workspace

LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
# Nothing that is taken for something else when it is read out.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
HALF = 4


class End(StrEnum):
    """What came of two codes. A wrong one is answered and not raised, as raising would undo its count."""

    CHANGED = "changed"
    WRONG = "wrong"
    OVER = "over"


@transaction.atomic
def start_address_change(*, actor: Actor, user: User, email: str) -> None:
    """Send a code to each of the two addresses. Outside any workspace's scope; what was begun before is over.

    An address that another account has is told so by mail, and by nothing else: the answer is the same.
    """
    email = email.lower()
    # Of two that are begun at once the later one counts.
    lock_until_commit(f"address change of {user.pk}")
    AddressChange.objects.filter(user=user).delete()
    change = AddressChange(user=user, email=email, expires_at=timezone.now() + LIFETIME)
    old_code, new_code = _new_code(), _new_code()
    change.old_digest, change.new_digest = _digest(change.pk, "old", old_code), _digest(change.pk, "new", new_code)
    change.save(force_insert=True)
    request_mail(kind="address_change_old", user_id=user.pk, detail={"code": old_code})
    if User.objects.filter(email=email).exists():
        request_mail(kind="address_change_taken", address=email)
    else:
        request_mail(kind="address_change_new", address=email, detail={"code": new_code})
    _record(actor, "address_change_started", user)


@transaction.atomic
def finish_address_change(*, actor: Actor, user: User, old_code: str, new_code: str, current: UUID | None) -> End:
    """Take the new address if both codes are right; all sessions but `current` end, and both addresses are told.

    Five wrong tries, or ten minutes, and it has to be begun anew.
    """
    change = AddressChange.objects.select_for_update().filter(user=user, expires_at__gt=timezone.now()).first()
    if change is None:
        return End.OVER
    is_old = compare_digest(_digest(change.pk, "old", old_code), bytes(change.old_digest))
    is_new = compare_digest(_digest(change.pk, "new", new_code), bytes(change.new_digest))
    if not (is_old and is_new):
        return _count_wrong(actor, user, change)
    before, after = user.email, change.email
    change.delete()
    if not _take(user, after):
        return End.OVER
    _record(actor, "address_changed", user, own=changes({"email": before}, {"email": after}))
    end_other_sessions(actor=actor, user=user, current=current)
    for address in (before, after):
        request_mail(kind="address_changed", address=address)
    return End.CHANGED


@transaction.atomic
def cancel_address_change(*, actor: Actor, user: User) -> None:
    """Stay with the old address. Not recorded: nothing has changed."""
    AddressChange.objects.filter(user=user).delete()


def _count_wrong(actor: Actor, user: User, change: AddressChange) -> End:
    change.tries += 1
    _record(actor, "address_change_refused", user, Event.Outcome.FAILED)
    if change.tries >= MOST_TRIES:
        change.delete()
        return End.OVER
    change.save(update_fields=["tries"])
    return End.WRONG


def _take(user: User, email: str) -> bool:
    """Whether the address could be had: somebody else may have taken it meanwhile."""
    user.email = email
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
            EmailAddress.objects.filter(user=user).delete()
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    except IntegrityError:
        user.refresh_from_db(fields=["email"])
        return False
    return True


def _new_code() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(HALF)) for _ in range(2))


def _digest(pk: UUID, which: str, code: str) -> bytes:
    said = code.strip().upper().replace("-", "").replace(" ", "")
    return salted_hmac(f"accounts.address_change.{which}", f"{pk}:{said}", algorithm="sha256").digest()


def _record(
    actor: Actor,
    deed: str,
    user: User,
    outcome: Event.Outcome = Event.Outcome.SUCCEEDED,
    own: dict[str, object] | None = None,
) -> None:
    # The addresses themselves are the person's: in the log they are under their own key.
    with enter_workspace(SITE_ID):
        target = Target("user", user.pk)
        record(actor=actor, action=f"accounts.user.{deed}", target=target, own=own, outcome=outcome)
