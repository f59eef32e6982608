"""Who belongs to a workspace, and what each role may do."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.forms.members import MemberSearch
from accounts.permissions import Permission
from accounts.reports.members import list_members, role_matrix

SEARCH_FROM = 10


@requires(Permission.VIEW_MEMBERS)
@require_safe
def members(request: WorkspaceRequest) -> HttpResponse:
    form = MemberSearch(request.GET)
    form.full_clean()
    search, page = form.cleaned_data.get("q", ""), form.cleaned_data.get("page") or 1
    found = list_members(viewer=request.user.pk, search=search, page=page)
    context = {
        "form": form,
        "search": search,
        "found": found,
        "may_search": found.total > SEARCH_FROM,
        "matrix": role_matrix(own=request.membership.role),
    }
    return render(request, "accounts/members.html", context)
