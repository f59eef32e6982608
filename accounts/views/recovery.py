"""The way back when every second factor is lost: asking for it, and an Owner's part in it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import WorkspaceRequest, actor_of, public, requires
from accounts.actions.recovery import NothingToDecide, confirm_recovery, refuse_recovery, request_recovery
from accounts.actions.standing import NotAllowed
from accounts.forms.recovery import ConfirmRecovery
from accounts.models import RecoveryStep
from accounts.once import once
from accounts.permissions import Permission
from accounts.reports.recovery import list_recoveries, request_under_way
from accounts.sign_in_stage import in_stage, user_in_stage
from accounts.step_up import Deed
from accounts.views.second_factor import BECAUSE


@public(because=BECAUSE)
@once
@in_stage
@require_http_methods(["GET", "HEAD", "POST"])
def recovery(request: HttpRequest) -> HttpResponse:
    user = user_in_stage(request)
    if request.method == "POST":
        request_recovery(actor=actor_of(request), user=user)
        return redirect("account_recovery")
    return render(request, "account/recovery.html", {"known": request_under_way(user)})


# Asked for before the note is written, as sending it without a proof would lose it.
@requires(Permission.CONFIRM_RECOVERY, step_up=Deed.RECOVERY)
@require_safe
def recoveries(request: WorkspaceRequest) -> HttpResponse:
    return _show(request)


@requires(Permission.CONFIRM_RECOVERY, step_up=Deed.RECOVERY)
@once
@require_POST
def confirm_step(request: WorkspaceRequest, step_id: UUID) -> HttpResponse:
    _find(step_id)
    form = ConfirmRecovery(request.POST)
    if not form.is_valid():
        return _show(request, wrong=(step_id, form), status=422)
    try:
        confirm_recovery(actor=request.actor, step_id=step_id, note=form.cleaned_data["note"])
    except (NothingToDecide, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, "You have agreed. They are told, and let in once everybody has agreed and the wait is over."
        )
    return redirect("accounts:recoveries", slug=request.workspace.slug)


@requires(Permission.CONFIRM_RECOVERY, step_up=Deed.RECOVERY)
@once
@require_POST
def refuse_step(request: WorkspaceRequest, step_id: UUID) -> HttpResponse:
    _find(step_id)
    try:
        refuse_recovery(actor=request.actor, step_id=step_id)
    except (NothingToDecide, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The request is refused. Nobody is let in by it.")
    return redirect("accounts:recoveries", slug=request.workspace.slug)


def _find(step_id: UUID) -> None:
    if not RecoveryStep.objects.filter(pk=step_id).exists():
        raise Http404


def _show(
    request: WorkspaceRequest, wrong: tuple[UUID, ConfirmRecovery] | None = None, status: int = 200
) -> HttpResponse:
    lines = [
        (line, wrong[1] if wrong and wrong[0] == line.step_id else ConfirmRecovery(auto_id=f"id_%s_{number}"))
        for number, line in enumerate(list_recoveries(request.user.pk))
    ]
    return render(request, "accounts/recoveries.html", {"lines": lines}, status=status)
