"""Who belongs to a workspace, what each role may do, and changing what a member may."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.actions import LastOwner, NotAllowed, change_role, leave_workspace, remove_member
from accounts.forms.members import MemberSearch, RoleForm
from accounts.models import Membership
from accounts.once import once
from accounts.permissions import Permission, Role
from accounts.reports.invitations import list_invitations, read_offer
from accounts.reports.members import Viewer, list_members, read_member, role_matrix
from accounts.step_up import Deed

SEARCH_FROM = 10


@requires(Permission.VIEW_MEMBERS)
@require_safe
def members(request: WorkspaceRequest) -> HttpResponse:
    form = MemberSearch(request.GET)
    form.full_clean()
    search, page = form.cleaned_data.get("q", ""), form.cleaned_data.get("page") or 1
    found, role = list_members(viewer=_viewer(request), search=search, page=page), Role(request.membership.role)
    sees_invitations = request.membership.may(Permission.VIEW_INVITATIONS)
    context = {
        "form": form,
        "search": search,
        "found": found,
        "may_search": found.total > SEARCH_FROM,
        "matrix": role_matrix(own=request.membership.role),
        "invitations": list_invitations(viewer=role) if sees_invitations else (),
        "offer": read_offer(viewer=request.user.pk),
    }
    return render(request, "accounts/members.html", context)


@requires(Permission.CHANGE_ROLES, step_up=Deed.CHANGE_ROLE)
@once
@require_http_methods(["GET", "HEAD", "POST"])
def change_member(request: WorkspaceRequest, membership_id: UUID) -> HttpResponse:
    try:
        member = read_member(membership_id, viewer=_viewer(request))
        form = RoleForm(
            request.POST or None, giver=Role(request.membership.role), initial={"role": member.role.lower()}
        )
        if request.method == "POST" and form.is_valid():
            change_role(actor=request.actor, membership_id=membership_id, role=form.cleaned_data["role"])
            messages.success(request, f"{member.name} is {form.cleaned_data['role'].label} now.")
            return _back(request)
    except Membership.DoesNotExist:
        raise Http404 from None
    except (NotAllowed, LastOwner) as refusal:
        messages.error(request, str(refusal))
        return _back(request)
    context = {"member": member, "form": form}
    return render(request, "accounts/member.html", context, status=422 if form.errors else 200)


@requires(Permission.REMOVE_MEMBERS, step_up=Deed.CHANGE_ROLE)
@once
@require_POST
def create_removal(request: WorkspaceRequest, membership_id: UUID) -> HttpResponse:
    try:
        member = read_member(membership_id, viewer=_viewer(request))
        remove_member(actor=request.actor, membership_id=membership_id)
    except Membership.DoesNotExist:
        raise Http404 from None
    except (NotAllowed, LastOwner) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{member.name} does not belong to this workspace any more.")
    return _back(request)


# Everybody may leave, so it asks for what everybody has.
@requires(Permission.VIEW_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: WorkspaceRequest) -> HttpResponse:
    if not isinstance(request.membership, Membership):
        raise Http404
    if request.method != "POST":
        return render(request, "accounts/leave.html")
    try:
        leave_workspace(actor=request.actor, membership_id=request.membership.pk)
    except LastOwner as refusal:
        messages.error(request, str(refusal))
        return _back(request)
    messages.success(request, "You have left the workspace.")
    return redirect("accounts:home")


def _viewer(request: WorkspaceRequest) -> Viewer:
    may, role = request.membership.may, Role(request.membership.role)
    return Viewer(
        id=request.user.pk,
        role=role if may(Permission.CHANGE_ROLES) else None,
        sees_factors=may(Permission.VIEW_ACCESS_REVIEWS),
    )


def _back(request: WorkspaceRequest) -> HttpResponse:
    return redirect("accounts:members", slug=request.workspace.slug)
