"""Two operators' part in the way back of somebody who is a workspace's only Owner; seven days pass all the same."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions.recovery import NothingToDecide, begin_to_wait, record_step
from accounts.actions.standing import NotAllowed
from accounts.mail import request_mail
from accounts.models import Operator, RecoveryRequest, RecoveryStep
from audit.log import Actor, Target, record
from vault.tenancy import SITE_ID, enter_workspace


@transaction.atomic
def approve_recovery(*, actor: Actor, workspace_id: UUID, step_id: UUID, note: str) -> bool:
    """An operator has made sure who asks, and how; whether that was the second one, after whom the wait begins.

    Outside any scope. Raises NothingToDecide, NotAllowed.
    """
    with enter_workspace(workspace_id):
        step, request = _lock(actor, step_id)
        is_second = step.first_by_id is not None
        if is_second:
            _confirm(actor, step, request, note)
        else:
            step.first_by_id, step.note = actor.user_id, note
            step.save()
        deed = "confirmed" if is_second else "approved"
        record_step(actor, step, deed, {"user": str(request.user_id), "note": note})
        if is_second:
            request_mail(kind="recovery_confirmed", user_id=request.user_id, detail={"days": request.days_to_wait})
    with enter_workspace(SITE_ID):
        detail = {"user": str(request.user_id), "workspace": str(workspace_id)}
        record(actor=actor, action="accounts.recovery.approved", target=Target("recovery", request.pk), detail=detail)
    return is_second


def _lock(actor: Actor, step_id: UUID) -> tuple[RecoveryStep, RecoveryRequest]:
    open_steps = RecoveryStep.objects.filter(judge=RecoveryStep.Judge.OPERATORS, state=RecoveryStep.State.OPEN)
    step = open_steps.select_for_update().filter(pk=step_id).first()
    if step is None:
        raise NothingToDecide
    request = RecoveryRequest.objects.select_for_update().get(pk=step.request_id)
    if request.state != RecoveryRequest.State.ASKED:
        raise NothingToDecide
    listed = Operator.objects.filter(user__is_active=True, user__email__in=settings.OPERATORS)
    if actor.user_id is None or not listed.filter(user_id=actor.user_id).exists():
        raise NotAllowed("Two operators decide about this.")
    if actor.user_id == request.user_id:
        raise NotAllowed("Nobody approves their own request.")
    if actor.user_id == step.first_by_id:
        raise NotAllowed("You have approved this already. It takes another operator.")
    return step, request


def _confirm(actor: Actor, step: RecoveryStep, request: RecoveryRequest, note: str) -> None:
    step.state, step.second_by_id, step.decided_at = RecoveryStep.State.CONFIRMED, actor.user_id, timezone.now()
    step.note = f"{step.note}\n{note}"
    step.save()
    request.missing -= 1
    if not request.missing:
        begin_to_wait(request)
    request.save()
