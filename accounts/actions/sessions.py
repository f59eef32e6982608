"""Ending sessions. What is deleted here is refused with the browser's very next request."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import KnownDevice, User, UserSession
from audit.log import Actor, Target, record
from vault.tenancy import SITE_ID, enter_workspace

DEVICE_LIFE = timedelta(days=365)


class UnknownSession(LookupError):
    """There is no such session of this person, or it has ended already."""


@transaction.atomic
def end_session(*, actor: Actor, user: User, session_id: UUID) -> None:
    """End one session of a person. Outside any workspace's scope, as all of these. Raises UnknownSession."""
    if not _end(actor, user, UserSession.objects.filter(pk=session_id), "one"):
        raise UnknownSession("This session has ended already.")


@transaction.atomic
def end_other_sessions(*, actor: Actor, user: User, current: UUID | None) -> int:
    """End all sessions of a person but the `current` one; says how many there were."""
    return _end(actor, user, _all_but(current), "others")


@transaction.atomic
def end_sessions_of_factor(*, actor: Actor, user: User, factor: str, current: UUID | None) -> int:
    """End the sessions that were proven by a second factor which is gone, but the `current` one; says how many."""
    return _end(actor, user, _all_but(current).filter(factor=factor), "of a factor")


@transaction.atomic
def end_all_sessions(*, actor: Actor, user: User) -> int:
    """End every session of a person; says how many there were."""
    return _end(actor, user, UserSession.objects.all(), "all")


@transaction.atomic
def forget_ended_sessions(*, actor: Actor) -> None:
    """Delete what ran out by itself, and devices not seen for a year. Not recorded: nobody did anything."""
    now = timezone.now()
    UserSession.objects.filter(expires_at__lte=now).delete()
    KnownDevice.objects.filter(last_seen_at__lte=now - DEVICE_LIFE).delete()


def _all_but(current: UUID | None) -> QuerySet[UserSession]:
    return UserSession.objects.all() if current is None else UserSession.objects.exclude(pk=current)


def _end(actor: Actor, user: User, which: QuerySet[UserSession], words: str) -> int:
    ended, _ = which.filter(user=user).delete()
    if ended:
        detail = {"which": words, "sessions": ended}
        with enter_workspace(SITE_ID):
            target = Target("user", user.pk)
            record(actor=actor, action="accounts.session.revoked", target=target, detail=detail)
    return ended
