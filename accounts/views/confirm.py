"""Settings › Security › Confirm: a fresh proof before a deed that asks for one, and the table of those deeds."""

from typing import cast
from urllib.parse import urlencode

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import actor_of, signed_in
from accounts.actions.proving import Refused
from accounts.actions.recovery import cancel_recovery
from accounts.forms.factors import PasswordForm
from accounts.models import User
from accounts.remembered import note_failure
from accounts.reports.factors import backup_codes_left, kinds_of
from accounts.second_factor import STRONG, FactorKind, note_password, write_proof
from accounts.step_up import BY_PASSWORD, Deed, safe_path, step_up_table
from accounts.views.proofs import Kinds, answer_challenge, asked_kind, proof_context, prove

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
    answer = prove(request, user, kinds, PURPOSE)
    if isinstance(answer, Refused):
        return _show(request, kinds, refused=answer)
    cancel_recovery(actor=actor_of(request), user=user)
    write_proof(request.session, answer)
    return _go_on(request)


@signed_in
@require_POST
def confirm_challenge(request: HttpRequest) -> HttpResponse:
    return answer_challenge(request, cast(User, request.user), PURPOSE)


def _kinds(user: User) -> Kinds:
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


def _go_on(request: HttpRequest) -> HttpResponse:
    # Whoever knew the key before knows nothing now.
    request.session.cycle_key()
    return redirect(safe_path(request, request.POST.get("next", "")))


def _show(request: HttpRequest, kinds: Kinds, refused: Refused | None = None) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    following = safe_path(request, given.get("next", ""))
    deed = Deed.__members__.get(given.get("deed", "").upper())
    context = proof_context(kinds, asked_kind(given.get("kind", ""), kinds), refused, following)
    if not kinds:
        context["form"] = PasswordForm(initial={"next": following})
    context |= {
        "deed": deed,
        "needs_factor": not kinds and deed not in {None, *BY_PASSWORD},
        "enrolment": f"{reverse('accounts:two_factor')}?{urlencode({'next': following})}",
        "next": following,
        "table": step_up_table(),
    }
    return render(request, "accounts/confirm.html", context, status=422 if refused else 200)
