"""Choosing a password: at sign-up, when it was forgotten, and in Settings. Each asks first whether it is known from leaks,
outside any transaction.
"""

from functools import wraps
from typing import Any, cast

from allauth.account import views as allauth
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import View, actor_of, public, signed_in
from accounts.actions import change_password
from accounts.breaches import looking_up
from accounts.forms.door import PasswordForm
from accounts.models import User
from accounts.password_record import record_lookup
from accounts.session_store import SessionStore

CHOSEN = "password1"


def looks_up_password(view: View) -> View:
    """For views that take a new password in the field password1: it is looked up, then the view runs in a transaction."""

    @transaction.non_atomic_requests
    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.POST.get(CHOSEN, "")
        if not chosen:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        with looking_up(chosen) as answer, transaction.atomic():
            record_lookup(actor=actor_of(request), answer=answer)
            return view(request, *args, **kwargs)

    return cast(View, within)


sign_up = public(because="signing up comes before an account")(looks_up_password(allauth.signup))
choose_forgotten = public(because="who has forgotten their password has proven the address by a code")(
    looks_up_password(allauth.complete_password_reset)
)


@signed_in
@looks_up_password
@sensitive_post_parameters("old_password", "password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = PasswordForm(request.POST or None, user=user)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200)
    current = cast(SessionStore, request.session).row_id
    change_password(actor=actor_of(request), user=user, password=form.cleaned_data["password1"], current=current)
    update_session_auth_hash(request, user)
    messages.success(request, "Your password is changed. Every other session has ended.")
    return redirect("accounts:password")
