"""What happens at the door: in the site's log, and where it concerns the person, by mail. allauth and Django tell it by
signals: no action of ours could.
"""

from typing import Any

from allauth.account.signals import email_confirmed, password_reset, user_signed_up
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.access import actor_of, person_of
from accounts.actions.passwords import note_new_password
from accounts.agents import describe_agent
from accounts.devices import note_device
from accounts.lockout import typed_address
from accounts.mail import request_mail
from accounts.models import User
from audit.log import Actor, Target, record
from audit.models import Event
from vault.keyring import create_person_key
from vault.tenancy import SITE_ID, enter_workspace

MOMENT = "%-d %b %Y, %H:%M UTC"


def connect() -> None:
    """Listen for sign-up, sign-in, sign-out, failure, verified addresses and forgotten passwords."""
    user_signed_up.connect(_signed_up)
    email_confirmed.connect(_verified)
    password_reset.connect(_password_reset)
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_failed)


@transaction.atomic
def record_repeated_sign_up(actor: Actor) -> None:
    """Somebody gave the address of an account that is there. Which one is not kept."""
    with enter_workspace(SITE_ID):
        record(actor=actor, action="accounts.user.refused", outcome=Event.Outcome.REFUSED)


@transaction.atomic
def _signed_up(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    # Whose address it is has not been shown yet: their key is made when they first come in.
    with enter_workspace(SITE_ID):
        record(actor=actor_of(request), action="accounts.user.created", target=Target("user", user.pk))


def _verified(sender: Any, request: HttpRequest, email_address: Any, **kwargs: Any) -> None:
    _record(request, "accounts.address.verified", email_address.user)


@transaction.atomic
def _password_reset(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    create_person_key(user.pk)
    note_new_password(actor=_actor(request, user), user=user, current=None)


@transaction.atomic
def _signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    _record(request, "accounts.session.created", user)
    actor = _actor(request, user)
    if note_device(user, address=actor.address, agent=actor.agent):
        with enter_workspace(SITE_ID):
            record(actor=actor, action="accounts.device.added", target=Target("user", user.pk))
        detail = {"device": describe_agent(actor.agent), "address": actor.address, "when": _now()}
        request_mail(kind="new_device", user_id=user.pk, detail=detail)


def _signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        _record(request, "accounts.session.ended", user)


def _failed(sender: Any, credentials: Any = None, request: HttpRequest | None = None, **kwargs: Any) -> None:
    # The address that was typed may be a password typed into the wrong box: it is kept only where it is an account's.
    if request is None:
        return
    user_id = User.objects.filter(email=typed_address(request, credentials)).values_list("pk", flat=True).first()
    target = Target("user", user_id) if user_id else None
    with transaction.atomic(), enter_workspace(SITE_ID):
        failed = Event.Outcome.FAILED
        record(actor=actor_of(request), action="accounts.session.refused", target=target, outcome=failed)


@transaction.atomic
def _record(request: HttpRequest, action: str, user: User) -> None:
    create_person_key(user.pk)
    with enter_workspace(SITE_ID):
        record(actor=_actor(request, user), action=action, target=Target("user", user.pk))


def _actor(request: HttpRequest, user: User) -> Actor:
    return person_of(request, user.pk)


def _now() -> str:
    return timezone.now().strftime(MOMENT)
