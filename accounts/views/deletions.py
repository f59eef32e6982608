"""Settings › Profile › Delete your account: what goes and what stays, asking for it, and calling it off."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import actor_of, signed_in
from accounts.actions import LastOwner, ask_deletion, cancel_deletion
from accounts.actions.deletions import COOLING_OFF
from accounts.models import AccountDeletion, User
from accounts.once import once
from accounts.reports.deletions import list_held_alone
from accounts.step_up import Deed


@signed_in
@require_safe
def deletion(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    context = {
        "deletion": AccountDeletion.objects.filter(user=user).first(),
        "held_alone": list_held_alone(user.pk),
        "days": COOLING_OFF.days,
    }
    return render(request, "accounts/deletion.html", context)


@signed_in(step_up=Deed.DELETION)
@once
@require_POST
def create_deletion(request: HttpRequest) -> HttpResponse:
    try:
        ask_deletion(actor=actor_of(request), user=cast(User, request.user))
    except LastOwner as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Your account is deleted in {COOLING_OFF.days} days. A mail about it is on its way.")
    return redirect("accounts:deletion")


@signed_in
@require_POST
def create_cancellation(request: HttpRequest) -> HttpResponse:
    if cancel_deletion(actor=actor_of(request), user=cast(User, request.user)):
        messages.success(request, "Your account stays.")
    return redirect("accounts:profile")
