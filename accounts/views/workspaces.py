"""Making a workspace."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import actor_of, signed_in
from accounts.actions import create_workspace as create
from accounts.forms.workspaces import WorkspaceForm
from accounts.models import User
from accounts.once import once


@signed_in
@once
@require_http_methods(["GET", "HEAD", "POST"])
def create_workspace(request: HttpRequest) -> HttpResponse:
    form = WorkspaceForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "has_sample": bool(settings.PLAID.sample_institution)}
        return render(request, "accounts/create_workspace.html", context, status=422 if form.errors else 200)
    workspace = create(actor=actor_of(request), owner=cast(User, request.user), **form.cleaned_data)
    return redirect("integrations:onboarding", slug=workspace.slug)
