"""Settings › Security › Two-factor authentication: what one has, naming and removing it, and backup codes."""

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import actor_of, signed_in
from accounts.actions import end_sessions_of_factor
from accounts.actions.factors import (
    NoSuchFactor,
    find_backup_codes,
    make_backup_codes,
    remove_factor,
    rename_factor,
)
from accounts.forms.factors import FactorName
from accounts.models import User
from accounts.once import once
from accounts.passkeys import are_offered
from accounts.reports.factors import backup_codes_left, kinds_of, list_factors
from accounts.second_factor import STRONG, FactorKind, forget_proof, proof_of
from accounts.session_store import SessionStore
from accounts.step_up import Deed, safe_path
from config.middleware.packing import unpacked


@signed_in
@require_safe
def two_factor(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    factors = list_factors(user)
    context = {
        "factors": factors,
        "has_strong": any(line.kind in STRONG for line in factors),
        "has_email": any(line.kind == FactorKind.EMAIL for line in factors),
        "codes_left": backup_codes_left(user),
        "offers_passkeys": are_offered(),
        "accepted": _accepted(request),
        "next": safe_path(request, request.GET["next"]) if "next" in request.GET else "",
    }
    return render(request, "accounts/two_factor.html", context)


@signed_in
@require_safe
def needed(request: HttpRequest) -> HttpResponse:
    """Where a workspace sends whom it does not let in yet: to prove a factor that it accepts, or to get one."""
    user = cast(User, request.user)
    held = set(kinds_of([user.pk]).get(user.pk, ()))
    proof = proof_of(request)
    accepted = set(_accepted(request))
    following = safe_path(request, request.GET.get("next", ""))
    provable = held & accepted & STRONG
    if provable and (proof is None or proof.kind not in accepted):
        return redirect(f"{reverse('accounts:confirm')}?{urlencode({'next': following})}")
    if FactorKind.EMAIL in held & accepted:
        messages.info(request, "Your code by e-mail is asked for as you sign in: sign out and in again to prove it.")
    asked = {"next": following, "accepts": ",".join(kind.value for kind in FactorKind if kind in accepted)}
    return redirect(f"{reverse('accounts:two_factor')}?{urlencode(asked)}")


@signed_in(step_up=Deed.FACTORS)
@require_POST
def create_backup_codes(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if not STRONG.intersection(kinds_of([user.pk]).get(user.pk, ())):
        messages.error(request, "Backup codes stand in for an authenticator app or a passkey: add one of them first.")
        return redirect("accounts:two_factor")
    return show_codes(request, user)


@signed_in(step_up=Deed.FACTORS)
@require_POST
def rename(request: HttpRequest, factor_id: UUID) -> HttpResponse:
    form = FactorName(request.POST)
    if form.is_valid():
        try:
            rename_factor(
                actor=actor_of(request), user=cast(User, request.user), factor_id=factor_id, **form.cleaned_data
            )
        except NoSuchFactor:
            return _tell_gone(request)
    else:
        messages.error(request, "A factor needs a name of up to 60 characters.")
    return redirect("accounts:two_factor")


@signed_in(step_up=Deed.FACTORS)
@once
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, factor_id: UUID) -> HttpResponse:
    user, actor = cast(User, request.user), actor_of(request)
    factors = list_factors(user)
    line = next((line for line in factors if line.id == factor_id), None)
    if line is None:
        return _tell_gone(request)
    if request.method != "POST":
        is_last = line.kind in STRONG and not any(other.kind in STRONG for other in factors if other != line)
        return render(request, "accounts/remove_factor.html", {"factor": line, "is_last": is_last})
    try:
        gone = remove_factor(actor=actor, user=user, factor_id=factor_id)
    except NoSuchFactor:
        return _tell_gone(request)
    ended = _end_sessions(request, gone)
    proof = proof_of(request)
    if proof is not None and proof.factor in map(str, gone):
        forget_proof(request.session)
    words = f" {ended} other session{'s' if ended > 1 else ''} proven by it ended." if ended else ""
    messages.success(request, f"{line.label} removed.{words}")
    return redirect("accounts:two_factor")


def show_codes(request: HttpRequest, user: User, following: str = "") -> HttpResponse:
    """Ten new backup codes, in this answer and never again. Where one of the old ones opened a session, it ends."""
    before = find_backup_codes(user)
    codes = make_backup_codes(actor=actor_of(request), user=user)
    _end_sessions(request, before)
    return unpacked(render(request, "accounts/backup_codes.html", {"codes": codes, "next": following}))


def _tell_gone(request: HttpRequest) -> HttpResponse:
    """Removed in another window, or by the first of two clicks."""
    messages.info(request, str(NoSuchFactor()))
    return redirect("accounts:two_factor")


def _end_sessions(request: HttpRequest, gone: tuple[UUID, ...]) -> int:
    """End the other sessions that were proven by what is gone; how many there were."""
    user, current = cast(User, request.user), cast(SessionStore, request.session).row_id
    return sum(
        end_sessions_of_factor(actor=actor_of(request), user=user, factor=str(one), current=current) for one in gone
    )


def _accepted(request: HttpRequest) -> list[FactorKind]:
    """What a workspace said it accepts, for the words of the page: the gate itself looks at the workspace."""
    named = request.GET.get("accepts", "").split(",")
    return [kind for kind in FactorKind if kind.value in named]
