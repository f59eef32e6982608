"""Inviting people, and the page on which the invited answer. That page works signed out: the way in starts there."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import WorkspaceRequest, actor_of, public, requires, signed_in
from accounts.actions import (
    AlreadyInvited,
    InvitationGone,
    NotAllowed,
    SeatsTaken,
    TooManyMails,
    WrongAddress,
    accept_invitation,
    cancel_invitation,
    decline_invitation,
    invite,
    resend_invitation,
)
from accounts.forms.members import InvitationForm
from accounts.invitation_links import digest_of, find_link
from accounts.models import Invitation, User
from accounts.once import name_made, once
from accounts.permissions import Permission, Role
from accounts.reports.invitations import read_door
from accounts.step_up import Deed

# The digest of the link that this browser came with: the link itself is in no address after the first.
HELD = "invitation"


@requires(Permission.INVITE_MEMBERS, step_up=Deed.INVITE)
@once
@require_http_methods(["GET", "HEAD", "POST"])
def create_invitation(request: WorkspaceRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None, giver=Role(request.membership.role), initial={"role": Role.STAFF})
    needs_seat = False
    if request.method == "POST" and form.is_valid():
        try:
            invited = invite(actor=request.actor, **form.cleaned_data)
        except (AlreadyInvited, NotAllowed, TooManyMails) as refusal:
            form.add_error(None, str(refusal))
        except SeatsTaken as refusal:
            form.add_error(None, str(refusal))
            needs_seat = True
        else:
            messages.success(request, f"{form.cleaned_data['email']} is invited. The mail is on its way.")
            return name_made(_back(request), invited.pk)
    context = {"form": form, "needs_seat": needs_seat}
    return render(request, "accounts/invite.html", context, status=422 if form.errors else 200)


@requires(Permission.INVITE_MEMBERS, step_up=Deed.INVITE)
@once
@require_POST
def create_mail(request: WorkspaceRequest, invitation_id: UUID) -> HttpResponse:
    try:
        resend_invitation(actor=request.actor, invitation_id=invitation_id)
    except Invitation.DoesNotExist:
        raise Http404 from None
    except (InvitationGone, NotAllowed, SeatsTaken, TooManyMails) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Another mail is on its way. The link in the one before does not work any more.")
    return _back(request)


@requires(Permission.INVITE_MEMBERS)
@require_POST
def create_cancellation(request: WorkspaceRequest, invitation_id: UUID) -> HttpResponse:
    try:
        cancel_invitation(actor=request.actor, invitation_id=invitation_id)
    except Invitation.DoesNotExist:
        raise Http404 from None
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The invitation is cancelled. Its link does not work any more.")
    return _back(request)


@public(because="who is invited may have no account yet; they come with a token of 256 bits from a mail")
@require_safe
def invitation(request: HttpRequest) -> HttpResponse:
    if token := request.GET.get("token", ""):
        _hold(request, digest_of(token))
        return redirect("accounts:invitation")
    held = request.session.get(HELD, "")
    door = read_door(held) if held else None
    if door is None:
        return render(request, "accounts/invitation_gone.html", status=404)
    is_theirs = request.user.is_authenticated and request.user.email == door.address
    return render(request, "accounts/invitation.html", {"door": door, "is_theirs": is_theirs})


@signed_in
@require_POST
def create_acceptance(request: HttpRequest) -> HttpResponse:
    user, held = cast(User, request.user), request.session.get(HELD, "")
    try:
        joined = accept_invitation(actor=actor_of(request), user=user, digest=held)
    except (InvitationGone, WrongAddress):
        # The page says which of the two it is, and changes nothing.
        return redirect("accounts:invitation")
    except SeatsTaken as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:invitation")
    del request.session[HELD]
    messages.success(request, "You belong to this workspace now.")
    return redirect(joined.first_page, slug=joined.slug)


@signed_in
@require_POST
def create_refusal(request: HttpRequest) -> HttpResponse:
    user, held = cast(User, request.user), request.session.get(HELD, "")
    try:
        decline_invitation(actor=actor_of(request), user=user, digest=held)
    except (InvitationGone, WrongAddress):
        return redirect("accounts:invitation")
    del request.session[HELD]
    messages.success(request, "The invitation is declined.")
    return redirect("accounts:home")


def _hold(request: HttpRequest, digest: str) -> None:
    # Links that somebody made up fill no table with sessions.
    if find_link(digest) is None:
        request.session.pop(HELD, None)
    else:
        request.session[HELD] = digest


def _back(request: WorkspaceRequest) -> HttpResponse:
    return redirect("accounts:members", slug=request.workspace.slug)
