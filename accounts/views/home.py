"""The front door: landing page for strangers, the way to their workspaces for everybody else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import places_of, public


@public(because="the landing page is for everybody; who has signed in sees their own workspaces only")
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "accounts/landing.html")
    places = places_of(request.user)
    if not (places.memberships or places.destroyed or places.unopened):
        return redirect("accounts:create_workspace")
    if len(places.memberships) == 1:
        return redirect(places.memberships[0].first_page, slug=places.memberships[0].workspace.slug)
    return render(request, "accounts/choose_workspace.html", {"places": places})
