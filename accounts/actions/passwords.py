"""Changing a password. Whoever was signed in with the old one is not any more."""

from uuid import UUID

from django.db import transaction

from accounts.actions.sessions import end_other_sessions
from accounts.mail import request_mail
from accounts.models import User
from audit.log import Actor, Target, record
from vault.tenancy import SITE_ID, enter_workspace


@transaction.atomic
def change_password(*, actor: Actor, user: User, password: str, current: UUID | None) -> None:
    """A new password, which a form has found good. All sessions but `current` end, and the person is told by mail."""
    user.set_password(password)
    user.save(update_fields=["password"])
    note_new_password(actor=actor, user=user, current=current)


@transaction.atomic
def note_new_password(*, actor: Actor, user: User, current: UUID | None) -> None:
    """The same for a password that has been set already."""
    with enter_workspace(SITE_ID):
        target = Target("user", user.pk)
        record(actor=actor, action="accounts.password.changed", target=target, detail={"forgotten": current is None})
    end_other_sessions(actor=actor, user=user, current=current)
    request_mail(kind="password_changed", user_id=user.pk)
