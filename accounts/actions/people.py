"""Deeds on people."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.time_zones import time_zones
from audit.log import Actor, Target, changes, record
from vault.keyring import create_person_key
from vault.tenancy import SITE_ID, enter_workspace

UNPROVEN_LIFE = timedelta(days=7)


class AddressTaken(ValueError):
    """Somebody has this address already."""


class UnknownTimeZone(ValueError):
    """No time zone has this name."""


@transaction.atomic
def create_user(*, actor: Actor, email: str, password: str, display_name: str = "") -> User:
    """A person who may sign in, and whose address somebody vouches for: no code is asked of them.

    Raises ValidationError for a weak password and AddressTaken.
    """
    user = User(email=email)
    validate_password(password, user)
    user.set_password(password)
    create_person_key(user.pk)
    if display_name:
        user.display_name = display_name
    if User.objects.filter(email=email.lower()).exists():
        raise AddressTaken("There is an account with this address already.")
    user.save(force_insert=True)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    with enter_workspace(SITE_ID):
        record(actor=actor, action="accounts.user.created", target=Target("user", user.pk))
    return user


@transaction.atomic
def forget_unproven_accounts(*, actor: Actor) -> int:
    """Delete the accounts of long ago whose address nobody has proven; says how many. They were never signed in to."""
    proven = EmailAddress.objects.filter(verified=True).values("user_id")
    began = timezone.now() - UNPROVEN_LIFE
    old = User.objects.filter(last_login=None, date_joined__lt=began).exclude(pk__in=proven)
    ids = list(old.values_list("pk", flat=True))
    old.filter(pk__in=ids).delete()
    if ids:
        with enter_workspace(SITE_ID):
            record(actor=actor, action="accounts.user.forgotten", detail={"accounts": len(ids)})
    return len(ids)


@transaction.atomic
def update_profile(*, actor: Actor, user: User, display_name: str, time_zone: str) -> None:
    """How a person is shown to those they work with, and by which clock their pages go. Raises UnknownTimeZone."""
    if time_zone not in time_zones():
        raise UnknownTimeZone("There is no time zone of this name.")
    wanted = {"display_name": display_name or None, "time_zone": time_zone}
    changed = [name for name, value in wanted.items() if (getattr(user, name) or None) != value]
    if not changed:
        return
    before = {name: getattr(user, name) for name in changed}
    for name in changed:
        setattr(user, name, wanted[name])
    user.save(update_fields=changed)
    # The name itself is the person's: in the log it is under their own key.
    with enter_workspace(SITE_ID):
        record(
            actor=actor,
            action="accounts.user.changed",
            target=Target("user", user.pk),
            detail={"fields": changed},
            own=changes(before, {name: wanted[name] for name in changed}),
        )
