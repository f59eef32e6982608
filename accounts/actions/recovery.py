"""Deeds of the way back when every second factor is lost: asking, agreeing, waiting, and being let in to enrol anew."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions.sessions import end_all_sessions
from accounts.actions.standing import NotAllowed, other_owners, owners_in_scope, role_of, slug_in_scope
from accounts.mail import request_mail
from accounts.models import (
    ALL_FACTORS,
    Membership,
    Operator,
    RecoveryRequest,
    RecoveryStep,
    User,
)
from accounts.permissions import Role
from audit.log import Actor, Target, record
from vault.keyring import KeyDestroyed
from vault.tenancy import SITE_ID, as_person, enter_workspace

State, Judge = RecoveryRequest.State, RecoveryStep.Judge
UNDER_WAY = (State.ASKED, State.WAITING)
DAYS, DAYS_OF_SOLE_OWNER = 3, 7
# People who are asked and never answer: after this the person may ask anew.
PATIENCE = timedelta(days=7)


class NothingToDecide(LookupError):
    """The step is decided, or its request has ended."""

    def __init__(self) -> None:
        super().__init__("This request has been decided already.")


@transaction.atomic
def request_recovery(*, actor: Actor, user: User) -> RecoveryRequest:
    """Ask every workspace of the person to agree, or find the request that is under way. Outside any scope.

    Who belongs to no workspace only waits: there is nobody to ask, and nothing behind the door.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = RecoveryRequest.objects.filter(user=user, state__in=UNDER_WAY).first()
    if known is not None and (known.state == State.WAITING or known.created_at > timezone.now() - PATIENCE):
        return known
    if known is not None:
        _end(known, State.CANCELLED)
    with as_person(user.pk):
        places = list(Membership.objects.filter(user=user).values_list("workspace_id", flat=True))
    request = RecoveryRequest.objects.create(user=user, missing=0, days_to_wait=DAYS)
    _record_site(actor, request, "requested")
    request_mail(kind="recovery_requested", user_id=user.pk)
    for workspace_id in places:
        # A workspace whose data is gone has nobody to ask, and must not keep anybody out.
        with suppress(KeyDestroyed), transaction.atomic(), enter_workspace(workspace_id):
            _ask_workspace(actor, request)
            request.missing += 1
    if not request.missing:
        begin_to_wait(request)
    request.save()
    return request


@transaction.atomic
def confirm_recovery(*, actor: Actor, step_id: UUID, note: str) -> RecoveryRequest:
    """An Owner of the workspace in scope has made sure who it is, and how. Once all have agreed, the wait begins.

    Raises NothingToDecide, NotAllowed.
    """
    step, request = _lock(actor, step_id)
    step.state, step.note, step.first_by_id = RecoveryStep.State.CONFIRMED, note, actor.user_id
    step.decided_at = timezone.now()
    step.save()
    request.missing -= 1
    if not request.missing:
        begin_to_wait(request)
    request.save()
    record_step(actor, step, "confirmed", {"user": str(request.user_id), "note": note})
    request_mail(kind="recovery_confirmed", user_id=request.user_id, detail={"days": request.days_to_wait})
    return request


@transaction.atomic
def refuse_recovery(*, actor: Actor, step_id: UUID) -> None:
    """An Owner does not know who asks: the whole request ends. Raises NothingToDecide, NotAllowed."""
    step, request = _lock(actor, step_id)
    step.state, step.first_by_id = RecoveryStep.State.REFUSED, actor.user_id
    step.decided_at = timezone.now()
    step.save()
    _end(request, State.REFUSED)
    record_step(actor, step, "refused", {"user": str(request.user_id)})
    request_mail(kind="recovery_refused", user_id=request.user_id)


@transaction.atomic
def cancel_recovery(*, actor: Actor, user: User) -> bool:
    """A factor that works is not lost: end the person's request, if there is one. Outside any scope."""
    request = RecoveryRequest.objects.select_for_update().filter(user=user, state__in=UNDER_WAY).first()
    if request is None:
        return False
    _end(request, State.CANCELLED)
    _record_site(actor, request, "cancelled")
    return True


@transaction.atomic
def complete_recovery(*, actor: Actor, user: User) -> bool:
    """Take the person's factors away and end their sessions, if all have agreed and the wait is over; whether it was so.

    The caller has seen the right password. Nobody waits their way to an operator's rights: the flag is taken away first.
    Outside any scope.
    """
    if Operator.objects.filter(user=user).exists():
        return False
    waiting = RecoveryRequest.objects.select_for_update().filter(user=user, state=State.WAITING)
    request = waiting.filter(due_at__lte=timezone.now()).first()
    if request is None:
        return False
    for model in ALL_FACTORS:
        model.objects.filter(user=user).delete()
    end_all_sessions(actor=actor, user=user)
    _end(request, State.COMPLETED)
    _record_site(actor, request, "completed")
    request_mail(kind="recovery_completed", user_id=user.pk)
    return True


def _ask_workspace(actor: Actor, request: RecoveryRequest) -> None:
    owners = other_owners(request.user_id)
    if not owners:
        request.days_to_wait = DAYS_OF_SOLE_OWNER
    judge = Judge.OWNER if owners else Judge.OPERATORS
    step = RecoveryStep.objects.create(request=request, judge=judge)
    record_step(actor, step, "requested", {"user": str(request.user_id), "judge": judge.value})
    for owner in owners:
        request_mail(kind="recovery_asked", user_id=owner, detail={"slug": slug_in_scope()})


def _lock(actor: Actor, step_id: UUID) -> tuple[RecoveryStep, RecoveryRequest]:
    step = RecoveryStep.objects.select_for_update().filter(pk=step_id, state=RecoveryStep.State.OPEN).first()
    if step is None:
        raise NothingToDecide
    request = RecoveryRequest.objects.select_for_update().get(pk=step.request_id)
    if request.state != State.ASKED:
        raise NothingToDecide
    if step.judge != Judge.OWNER or role_of(actor) != Role.OWNER or actor.user_id not in owners_in_scope():
        raise NotAllowed("An Owner of the workspace decides about this, and for its only Owner two operators.")
    if actor.user_id == request.user_id:
        raise NotAllowed("Nobody confirms their own request.")
    return step, request


def begin_to_wait(request: RecoveryRequest) -> None:
    """Everybody has agreed: time runs from now on."""
    request.state = State.WAITING
    request.due_at = timezone.now() + timedelta(days=request.days_to_wait)


def _end(request: RecoveryRequest, state: RecoveryRequest.State) -> None:
    request.state, request.ended_at = state, timezone.now()
    request.save()


def record_step(actor: Actor, step: RecoveryStep, deed: str, detail: dict[str, object]) -> None:
    """Into the record of the step's workspace, in its scope."""
    record(actor=actor, action=f"accounts.recovery.{deed}", target=Target("recovery", step.request_id), detail=detail)


def _record_site(actor: Actor, request: RecoveryRequest, deed: str) -> None:
    with enter_workspace(SITE_ID):
        target = Target("recovery", request.pk)
        record(actor=actor, action=f"accounts.recovery.{deed}", target=target, detail={"user": str(request.user_id)})
