"""Settings › Security › Confirm: a fresh proof before a deed that asks for one, and the table of those deeds."""

from typing import cast
from urllib.parse import urlencode

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import actor_of, signed_in
from accounts.actions.passkeys import prove_by_passkey
from accounts.actions.proving import Refused, prove_by_code
from accounts.actions.recovery import cancel_recovery
from accounts.challenges import keep_challenge, take_challenge
from accounts.forms.factors import CodeForm, PasskeyAnswer, PasswordForm
from accounts.models import Passkey, User
from accounts.passkeys import are_offered, begin_proof
from accounts.remembered import note_failure
from accounts.reports.factors import backup_codes_left, kinds_of
from accounts.second_factor import STRONG, FactorKind, Proof, note_password, write_proof
from accounts.step_up import BY_PASSWORD, Deed, safe_path, step_up_table

PURPOSE = "confirm"
WRONG_PASSWORD = Refused("That is not your password.")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    kinds = _kinds(user)
    if request.method != "POST":
        return _show(request, kinds)
    if not kinds:
        return _confirm_by_password(request, user)
    answer = _prove(request, user, kinds)
    if isinstance(answer, Refused):
        return _show(request, kinds, refused=answer)
    cancel_recovery(actor=actor_of(request), user=user)
    write_proof(request.session, answer)
    return _go_on(request)


@signed_in
@require_POST
def confirm_challenge(request: HttpRequest) -> HttpResponse:
    held = Passkey.objects.filter(user=cast(User, request.user), confirmed=True)
    options, state = begin_proof([passkey.credential for passkey in held])
    keep_challenge(request.session, PURPOSE, state)
    return JsonResponse(options)


def _kinds(user: User) -> tuple[FactorKind, ...]:
    strong = tuple(kind for kind in kinds_of([user.pk]).get(user.pk, ()) if kind in STRONG)
    return (*strong, FactorKind.BACKUP) if strong and backup_codes_left(user) else strong


def _confirm_by_password(request: HttpRequest, user: User) -> HttpResponse:
    """Who has no strong factor confirms by password, which is good for a few deeds on themselves and for nothing else."""
    given = request.POST.get("password", "")
    if authenticate(request, email=user.email, password=given) != user:
        # Counted here as at the sign-in: a browser that is known is no licence to guess.
        note_failure(request, user.email)
        return _show(request, (), refused=WRONG_PASSWORD)
    note_password(request.session)
    return _go_on(request)


def _prove(request: HttpRequest, user: User, kinds: tuple[FactorKind, ...]) -> Proof | Refused:
    actor = actor_of(request)
    if "credential" in request.POST:
        answer = PasskeyAnswer(request.POST)
        given = answer.cleaned_data["credential"] if answer.is_valid() else ""
        return prove_by_passkey(actor=actor, user=user, state=take_challenge(request.session, PURPOSE), answer=given)
    kind = _asked(request.POST.get("kind", ""), kinds)
    return prove_by_code(actor=actor, user=user, kind=kind, code=request.POST.get("token", "").strip()[:40])


def _asked(wanted: str, kinds: tuple[FactorKind, ...]) -> FactorKind:
    taking = [kind for kind in kinds if kind != FactorKind.PASSKEY]
    if wanted in taking:
        return FactorKind(wanted)
    return FactorKind.TOTP if FactorKind.TOTP in taking else FactorKind.PASSKEY


def _go_on(request: HttpRequest) -> HttpResponse:
    # Whoever knew the key before knows nothing now.
    request.session.cycle_key()
    return redirect(safe_path(request, request.POST.get("next", "")))


def _show(request: HttpRequest, kinds: tuple[FactorKind, ...], refused: Refused | None = None) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    asked = _asked(given.get("kind", ""), kinds)
    following = safe_path(request, given.get("next", ""))
    initial = {"kind": asked, "next": following}
    deed = Deed.__members__.get(given.get("deed", "").upper())
    form = CodeForm(initial=initial, asked=asked) if kinds else PasswordForm(initial=initial)
    context = {
        "form": form if asked != FactorKind.PASSKEY or not kinds else None,
        "asked": asked,
        "deed": deed,
        "needs_factor": not kinds and deed not in {None, *BY_PASSWORD},
        "enrolment": f"{reverse('accounts:two_factor')}?{urlencode({'next': following})}",
        "next": following,
        "refused": refused.sentence if refused else "",
        "has_passkey": FactorKind.PASSKEY in kinds and are_offered(),
        "others": [kind for kind in kinds if kind not in {asked, FactorKind.PASSKEY}],
        "table": step_up_table(),
    }
    return render(request, "accounts/confirm.html", context, status=422 if refused else 200)
