"""What happens at the door, in the site's log. allauth and Django tell it by signals: no action of ours could."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.http import HttpRequest

from accounts.access import actor_of
from accounts.addresses import client_address
from accounts.models import User
from audit.log import Actor, Target, record
from audit.models import Event
from vault.keyring import create_person_key
from vault.tenancy import SITE_ID, enter_workspace


def connect() -> None:
    """Listen for sign-up, sign-in, sign-out and failure."""
    user_signed_up.connect(_signed_up)
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_failed)


def _signed_up(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    _record(request, "accounts.user.created", user)


def _signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    _record(request, "accounts.session.created", user)


def _signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        _record(request, "accounts.session.ended", user)


def _failed(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    # The address that was typed may be a password typed into the wrong box: it is not kept.
    if request is not None:
        with transaction.atomic(), enter_workspace(SITE_ID):
            record(actor=actor_of(request), action="accounts.session.refused", outcome=Event.Outcome.FAILED)


def _record(request: HttpRequest, action: str, user: User) -> None:
    with transaction.atomic():
        create_person_key(user.pk)
        address, agent = client_address(request), request.headers.get("User-Agent", "")
        with enter_workspace(SITE_ID):
            record(
                actor=Actor.person(user.pk, address=address, agent=agent), action=action, target=Target("user", user.pk)
            )
