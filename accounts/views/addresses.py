"""Changing the address that one signs in with: begun with password and second factor, finished with a code from each address."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import actor_of, signed_in
from accounts.actions.addresses import End, cancel_address_change, finish_address_change, start_address_change
from accounts.forms.addresses import AddressForm, CodesForm
from accounts.models import AddressChange, User
from accounts.once import once
from accounts.session_store import SessionStore
from accounts.step_up import Deed

OVER = "That did not work. Begin again: codes are good for ten minutes and a few tries."


@signed_in(step_up=Deed.ADDRESS)
@once
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    begun = _under_way(user)
    form = AddressForm(request.POST or None, user=user, initial={"email": begun.email} if begun else None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "accounts/address.html", {"form": form}, status=status)
    start_address_change(actor=actor_of(request), user=user, email=form.cleaned_data["email"])
    return redirect("accounts:confirm_address")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    change = _under_way(user)
    if change is None:
        return redirect("accounts:address")
    form = CodesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        current = cast(SessionStore, request.session).row_id
        end = finish_address_change(actor=actor_of(request), user=user, current=current, **form.cleaned_data)
        if end == End.CHANGED:
            messages.success(request, "Your address is changed. Every other session has ended.")
            return redirect("accounts:profile")
        if end == End.OVER:
            messages.error(request, OVER)
            return redirect("accounts:address")
        form.add_error(None, "One of the codes is wrong. Which one is not said.")
    context = {"form": form, "address": change.email}
    return render(request, "accounts/confirm_address.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def create_cancellation(request: HttpRequest) -> HttpResponse:
    cancel_address_change(actor=actor_of(request), user=cast(User, request.user))
    messages.success(request, "Your address stays as it is.")
    return redirect("accounts:profile")


def _under_way(user: User) -> AddressChange | None:
    """The change that waits for its codes."""
    return AddressChange.objects.filter(user=user, expires_at__gt=timezone.now()).first()
