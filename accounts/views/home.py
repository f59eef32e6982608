"""The front door: landing page for strangers, the way to their workspaces for everybody else."""


from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import public, workspaces_of


@public(because="the landing page is for everybody; who has signed in sees their own workspaces only")
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "accounts/landing.html")
    workspaces = workspaces_of(request.user)
    if not workspaces:
        return redirect("accounts:create_workspace")
    if len(workspaces) == 1:
        return redirect("ledger:overview", slug=workspaces[0].slug)
    return render(request, "accounts/choose_workspace.html", {"workspaces": workspaces})
