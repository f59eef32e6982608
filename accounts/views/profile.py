"""How a person is shown, and by which clock their pages go."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import actor_of, signed_in
from accounts.actions import update_profile
from accounts.forms.people import ProfileForm
from accounts.models import AccountDeletion, User


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    now = {"display_name": user.display_name, "time_zone": user.time_zone}
    form = ProfileForm(request.POST or None, initial=now)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "deletion": AccountDeletion.objects.filter(user=user).first()}
        return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)
    update_profile(actor=actor_of(request), user=user, **form.cleaned_data)
    messages.success(request, "Your profile is saved.")
    return redirect("accounts:profile")
