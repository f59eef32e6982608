"""Settings › Security › Team policy: who needs a second factor. Who is affected is shown before it is saved."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import WorkspaceRequest, requires
from accounts.actions.team_policy import NoStrongKind, PolicyChanged, change_team_policy
from accounts.forms.team_policy import ALL, PRIVILEGED, TeamPolicyForm
from accounts.once import once
from accounts.permissions import Permission
from accounts.reports.team_policy import list_affected
from accounts.step_up import Deed
from accounts.team_policy import chosen_kinds


@requires(Permission.CHANGE_TEAM_POLICY, step_up=Deed.POLICY)
@once
@require_http_methods(["GET", "HEAD", "POST"])
def team_policy(request: WorkspaceRequest) -> HttpResponse:
    form = TeamPolicyForm(request.POST or None, initial=_initial(request))
    if request.method != "POST":
        return _show(request, form)
    if not form.is_valid():
        return _show(request, form, status=422)
    required_from = form.required_from(timezone.now())
    if "save" not in request.POST:
        affected = list_affected(request.workspace, required_from, form.chosen())
        return _show(request, form, preview={"affected": affected, "required_from": required_from})
    try:
        change_team_policy(
            actor=request.actor,
            workspace=request.workspace,
            version=form.cleaned_data["version"],
            required_from=required_from,
            kinds=form.chosen(),
        )
    except NoStrongKind as refusal:
        form.add_error("kinds", str(refusal))
        return _show(request, form, status=422)
    except PolicyChanged as refusal:
        messages.error(request, str(refusal))
        return _show(request, TeamPolicyForm(initial=_initial(request)), status=409)
    messages.success(request, "The team’s policy is saved.")
    return redirect("accounts:team_policy", slug=request.workspace.slug)


def _initial(request: WorkspaceRequest) -> dict[str, object]:
    workspace = request.workspace
    begins = workspace.factor_from
    return {
        "who": ALL if begins else PRIVILEGED,
        "day": begins.date() if begins and begins > timezone.now() else None,
        "kinds": [kind.value for kind in chosen_kinds(workspace)],
        "version": workspace.policy_version,
    }


def _show(
    request: WorkspaceRequest, form: TeamPolicyForm, preview: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    begins = request.workspace.factor_from
    context = {
        "form": form,
        "preview": preview,
        "begins": begins,
        "is_in_force": begins is not None and begins <= timezone.now(),
        "kinds": chosen_kinds(request.workspace),
        "without": () if preview else list_affected(request.workspace),
    }
    return render(request, "accounts/team_policy.html", context, status=status)
