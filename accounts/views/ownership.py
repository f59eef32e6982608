"""Making somebody else an Owner, and answering when one is asked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import WorkspaceRequest, requires
from accounts.actions import (
    NotAllowed,
    NothingOffered,
    OfferOpen,
    accept_ownership,
    cancel_ownership_offer,
    decline_ownership,
    offer_ownership,
)
from accounts.forms.members import OwnershipForm
from accounts.once import once
from accounts.permissions import Permission
from accounts.reports.invitations import list_future_owners, read_offer
from accounts.step_up import Deed


@requires(Permission.HAND_OVER_OWNERSHIP, step_up=Deed.CHANGE_ROLE)
@once
@require_http_methods(["GET", "HEAD", "POST"])
def create_offer(request: WorkspaceRequest) -> HttpResponse:
    members = list_future_owners()
    form = OwnershipForm(request.POST or None, members=members)
    if request.method == "POST" and form.is_valid():
        member, steps_down = form.cleaned_data["member"], form.cleaned_data["steps_down"]
        try:
            offer_ownership(actor=request.actor, membership_id=member, steps_down=steps_down)
        except (NotAllowed, OfferOpen) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "They are asked by mail. Until they accept, nothing changes.")
            return redirect("accounts:ownership", slug=request.workspace.slug)
    offer = read_offer(viewer=request.user.pk)
    context = {"form": form, "members": members, "offer": offer}
    return render(request, "accounts/ownership.html", context, status=422 if form.errors else 200)


@requires(Permission.HAND_OVER_OWNERSHIP)
@once
@require_POST
def create_cancellation(request: WorkspaceRequest) -> HttpResponse:
    try:
        cancel_ownership_offer(actor=request.actor)
    except (NotAllowed, NothingOffered) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The offer is withdrawn.")
    return redirect("accounts:ownership", slug=request.workspace.slug)


# Anybody may be asked, whatever their role; that it is them is for the deed to see.
@requires(Permission.VIEW_MEMBERS, step_up=Deed.CHANGE_ROLE)
@once
@require_POST
def create_acceptance(request: WorkspaceRequest) -> HttpResponse:
    try:
        accept_ownership(actor=request.actor)
    except NothingOffered as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "You are an Owner of this workspace now.")
    return redirect("accounts:members", slug=request.workspace.slug)


@requires(Permission.VIEW_MEMBERS)
@once
@require_POST
def create_refusal(request: WorkspaceRequest) -> HttpResponse:
    try:
        decline_ownership(actor=request.actor)
    except NothingOffered as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "You have declined. Nothing has changed.")
    return redirect("accounts:members", slug=request.workspace.slug)
