"""What a workspace is called, and in which month its fiscal year begins."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import WorkspaceRequest, requires
from accounts.actions import change_workspace
from accounts.forms.workspaces import SettingsForm
from accounts.permissions import Permission


@requires(Permission.CHANGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def change_settings(request: WorkspaceRequest) -> HttpResponse:
    workspace = request.workspace
    now = {"name": workspace.name, "fiscal_year_start_month": workspace.fiscal_year_start_month}
    form = SettingsForm(request.POST or None, initial=now)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "accounts/workspace_settings.html", {"form": form}, status=status)
    change_workspace(actor=request.actor, workspace=workspace, **form.cleaned_data)
    messages.success(request, "The settings are saved.")
    return redirect("accounts:workspace_settings", slug=workspace.slug)
