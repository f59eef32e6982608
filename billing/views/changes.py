"""Changing what is paid for: seats and plan after their price was seen, cancelling at the end of the month, and undoing it."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import WorkspaceRequest, requires, workspace_block
from accounts.once import once
from accounts.permissions import Permission
from accounts.reports.seats import count_seats
from accounts.step_up import Deed
from billing.forms import ChangeForm
from billing.paying import (
    NotPossible,
    StripeProblem,
    cancel_at_period_end,
    change_subscription,
    resume,
)
from billing.plans import PLANS


@requires(Permission.MANAGE_BILLING, atomic=False, step_up=Deed.BILLING)
@once
@require_POST
def create_change(request: WorkspaceRequest) -> HttpResponse:
    with workspace_block(request):
        form = ChangeForm(request.POST, taken=count_seats())
        is_valid = form.is_valid()
    typed = urlencode({name: request.POST.get(name, "") for name in ("plan", "seats")})
    again = f"{reverse('billing:preview', kwargs={'slug': request.workspace.slug})}?{typed}"
    if not is_valid:
        return redirect(again)
    chosen, seats = form.cleaned_data["plan"], form.cleaned_data["seats"]
    try:
        change_subscription(
            actor=request.actor,
            workspace_id=request.workspace.pk,
            plan=chosen,
            seats=seats,
            proration_at=form.cleaned_data["proration_at"],
        )
    except (StripeProblem, NotPossible) as refusal:
        messages.error(request, str(refusal))
        return redirect(again)
    messages.success(request, f"The plan is {PLANS[chosen].name} with {seats} seat{'' if seats == 1 else 's'} now.")
    return _back(request)


@requires(Permission.MANAGE_BILLING, atomic=False, step_up=Deed.BILLING)
@once
@require_POST
def create_cancellation(request: WorkspaceRequest) -> HttpResponse:
    words = "The plan is cancelled. It goes on until the end of what is paid, and until then this can be undone."
    return _do(request, cancel_at_period_end, words)


@requires(Permission.MANAGE_BILLING, atomic=False, step_up=Deed.BILLING)
@once
@require_POST
def create_resumption(request: WorkspaceRequest) -> HttpResponse:
    return _do(request, resume, "The plan goes on.")


def _do(request: WorkspaceRequest, deed: Callable[..., None], words: str) -> HttpResponse:
    try:
        deed(actor=request.actor, workspace_id=request.workspace.pk)
    except (StripeProblem, NotPossible) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return _back(request)


def _back(request: WorkspaceRequest) -> HttpResponse:
    return redirect("billing:plan", slug=request.workspace.slug)
