"""Getting a second factor: an app by QR code, a passkey, or codes by e-mail. It counts once it has worked."""

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import actor_of, signed_in
from accounts.actions.factors import (
    NoSuchFactor,
    confirm_email_codes,
    confirm_totp,
    start_email_codes,
    start_totp,
)
from accounts.actions.passkeys import add_passkey
from accounts.actions.proving import WRONG, send_email_code
from accounts.challenges import keep_challenge, take_challenge
from accounts.forms.factors import CodeForm, NewPasskey
from accounts.models import EmailDevice, Factor, Passkey, TotpDevice, User
from accounts.once import once
from accounts.passkeys import PasskeyRefused, are_offered, begin_registration
from accounts.qr import draw_qr
from accounts.reports.factors import backup_codes_left
from accounts.second_factor import FactorKind, Proof, write_proof
from accounts.step_up import Deed, safe_path
from accounts.totp_address import app_address, secret_text
from accounts.views.two_factor import show_codes
from config.middleware.packing import unpacked

PURPOSE = "register"
APP = "Authenticator app"
WORKS_ALREADY = "It works already."
# They were in the answer to the first click, which the browser no longer shows.
CODES_UNSEEN = "If you have not seen your backup codes, make new ones here."
BEGUN_ANEW = "That was begun anew in another window, or called off. Go on there, or begin again here."


@signed_in(step_up=Deed.FACTORS)
@require_POST
def create_app(request: HttpRequest) -> HttpResponse:
    device = start_totp(actor=actor_of(request), user=cast(User, request.user), name=APP)
    return _to_step(request, "accounts:confirm_app", device.pk)


@signed_in(step_up=Deed.FACTORS)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_app(request: HttpRequest, device_id: UUID) -> HttpResponse:
    user = cast(User, request.user)
    device = TotpDevice.objects.filter(pk=device_id, user=user, confirmed=False).first()
    if device is None:
        return _tell_over(request, TotpDevice, device_id)
    refused = ""
    if request.method == "POST":
        code = "".join(request.POST.get("token", "").split())[:40]
        try:
            proof = confirm_totp(actor=actor_of(request), user=user, device_id=device_id, code=code)
        except NoSuchFactor:
            return _tell_over(request, TotpDevice, device_id)
        if proof is not None:
            return _enrolled(request, user, proof)
        refused = WRONG[FactorKind.TOTP]
    address = app_address(device, user.email)
    text = secret_text(device.key)
    context = {
        "form": CodeForm(initial={"next": _following(request)}, asked=FactorKind.TOTP),
        "qr": draw_qr(address),
        "secret": [text[place : place + 4] for place in range(0, len(text), 4)],
        "refused": refused,
    }
    return unpacked(render(request, "accounts/confirm_app.html", context, status=422 if refused else 200))


@signed_in(step_up=Deed.FACTORS)
@once
@require_POST
def create_email(request: HttpRequest) -> HttpResponse:
    device = start_email_codes(actor=actor_of(request), user=cast(User, request.user))
    if not device.confirmed:
        send_email_code(actor=actor_of(request), device=device)
    return _to_step(request, "accounts:confirm_email", device.pk)


@signed_in(step_up=Deed.FACTORS)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, device_id: UUID) -> HttpResponse:
    user = cast(User, request.user)
    if not EmailDevice.objects.filter(pk=device_id, user=user, confirmed=False).exists():
        return _tell_over(request, EmailDevice, device_id)
    refused = ""
    if request.method == "POST":
        code = "".join(request.POST.get("token", "").split())[:40]
        try:
            proof = confirm_email_codes(actor=actor_of(request), user=user, device_id=device_id, code=code)
        except NoSuchFactor:
            return _tell_over(request, EmailDevice, device_id)
        if proof is not None:
            return _enrolled(request, user, proof)
        refused = WRONG[FactorKind.EMAIL]
    context = {
        "form": CodeForm(initial={"next": _following(request)}, asked=FactorKind.EMAIL),
        "next": _following(request),
        "refused": refused,
    }
    return render(request, "accounts/confirm_email.html", context, status=422 if refused else 200)


@signed_in(step_up=Deed.FACTORS)
@require_POST
def create_passkey_challenge(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    held = Passkey.objects.filter(user=user, confirmed=True)
    options, state = begin_registration(user, [passkey.credential for passkey in held])
    keep_challenge(request.session, PURPOSE, state)
    return JsonResponse(options)


@signed_in(step_up=Deed.FACTORS)
@require_http_methods(["GET", "HEAD", "POST"])
def create_passkey(request: HttpRequest) -> HttpResponse:
    if not are_offered():
        raise Http404
    form = NewPasskey(request.POST or None, initial={"name": "Passkey", "next": _following(request)})
    refused = ""
    if request.method == "POST" and form.is_valid():
        user = cast(User, request.user)
        try:
            proof = add_passkey(
                actor=actor_of(request),
                user=user,
                state=take_challenge(request.session, PURPOSE),
                answer=form.cleaned_data["credential"],
                name=form.cleaned_data["name"],
            )
        except PasskeyRefused as reason:
            refused = str(reason)
        else:
            return _enrolled(request, user, proof)
    context = {"form": form, "refused": refused}
    return render(request, "accounts/add_passkey.html", context, status=422 if refused or form.errors else 200)


def _enrolled(request: HttpRequest, user: User, proof: Proof) -> HttpResponse:
    """The new factor proves this session too, under a new key; whoever has no backup codes gets them now."""
    write_proof(request.session, proof)
    request.session.cycle_key()
    messages.success(request, f"{proof.kind.label}: it works and is asked for from now on.")
    following = _following(request)
    if proof.kind != FactorKind.EMAIL and not backup_codes_left(user):
        return show_codes(request, user, following)
    return redirect(following or "accounts:two_factor")


def _tell_over(request: HttpRequest, model: type[Factor], device_id: UUID) -> HttpResponse:
    """Confirmed by the first of two clicks, or taken back by what was begun after it."""
    works = model.objects.filter(pk=device_id, user=cast(User, request.user), confirmed=True).exists()
    told = f"{WORKS_ALREADY} {CODES_UNSEEN}" if model is TotpDevice else WORKS_ALREADY
    messages.info(request, told if works else BEGUN_ANEW)
    return redirect("accounts:two_factor")


def _to_step(request: HttpRequest, name: str, device_id: UUID) -> HttpResponse:
    address = reverse(name, kwargs={"device_id": device_id})
    following = _following(request)
    return redirect(f"{address}?{urlencode({'next': following})}" if following else address)


def _following(request: HttpRequest) -> str:
    """Where the person was going, empty for nowhere else."""
    given = request.POST.get("next", "") or request.GET.get("next", "")
    return safe_path(request, given) if given else ""
