"""The front door: landing page for strangers, the way to their workspaces for everybody else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import memberships_of, public


@public(because="the landing page is for everybody; who has signed in sees their own workspaces only")
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "accounts/landing.html")
    memberships = memberships_of(request.user)
    if not memberships:
        return redirect("accounts:create_workspace")
    if len(memberships) == 1:
        return redirect(memberships[0].first_page, slug=memberships[0].workspace.slug)
    return render(request, "accounts/choose_workspace.html", {"memberships": memberships})
