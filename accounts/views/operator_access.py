"""Settings › Security › Operator access: letting an operator read the workspace for a while, and ending it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.actions.operator_grants import GrantOver, UnknownOperator, end_operator_grant, give_operator_grant
from accounts.actions.standing import NotAllowed
from accounts.forms.operator_grants import OperatorGrantForm
from accounts.models import OperatorGrant
from accounts.once import once
from accounts.permissions import Permission
from accounts.reports.operator_grants import list_grants
from accounts.step_up import Deed


# Asked for before the reason is written, as sending it without a proof would lose it.
@requires(Permission.GRANT_OPERATOR_ACCESS, step_up=Deed.OPERATOR_GRANT)
@require_safe
def operator_access(request: WorkspaceRequest) -> HttpResponse:
    return _show(request, OperatorGrantForm())


@requires(Permission.GRANT_OPERATOR_ACCESS, step_up=Deed.OPERATOR_GRANT)
@once
@require_POST
def create_grant(request: WorkspaceRequest) -> HttpResponse:
    form = OperatorGrantForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        give_operator_grant(actor=request.actor, **form.cleaned_data)
    except UnknownOperator as refusal:
        form.add_error("email", str(refusal))
        return _show(request, form, status=422)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "They can read this workspace now. Each page that they open is in its audit log.")
    return redirect("accounts:operator_access", slug=request.workspace.slug)


@requires(Permission.GRANT_OPERATOR_ACCESS)
@require_POST
def create_ending(request: WorkspaceRequest, grant_id: UUID) -> HttpResponse:
    try:
        end_operator_grant(actor=request.actor, grant_id=grant_id)
    except OperatorGrant.DoesNotExist:
        raise Http404 from None
    except (GrantOver, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The grant has ended. They see nothing of this workspace any more.")
    return redirect("accounts:operator_access", slug=request.workspace.slug)


def _show(request: WorkspaceRequest, form: OperatorGrantForm, status: int = 200) -> HttpResponse:
    return render(request, "accounts/operator_access.html", {"form": form, "grants": list_grants()}, status=status)
