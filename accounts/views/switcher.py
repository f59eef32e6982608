"""A person's workspaces: a page by itself, and what the switcher in the top bar opens."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import places_of, signed_in
from accounts.models import User


@signed_in
@require_safe
def workspaces(request: HttpRequest) -> HttpResponse:
    # Each name is opened inside its own workspace, so this is asked for only when somebody wants to see them.
    fragment = request.headers.get("HX-Request") == "true"
    context = {"places": places_of(cast(User, request.user)), "here": request.GET.get("here", "")}
    return render(request, "accounts/parts/switcher.html" if fragment else "accounts/choose_workspace.html", context)
