"""Making a workspace."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import actor_of, signed_in
from accounts.actions import create_workspace as create
from accounts.forms import WorkspaceForm
from accounts.models import User


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def create_workspace(request: HttpRequest) -> HttpResponse:
    form = WorkspaceForm(request.POST or None, initial={"base_currency": "USD"})
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/create_workspace.html", {"form": form}, status=422 if form.errors else 200)
    workspace = create(actor=actor_of(request), owner=cast(User, request.user), **form.cleaned_data)
    return redirect("ledger:overview", slug=workspace.slug)
