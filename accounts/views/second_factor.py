"""The second step of signing in: one kind of factor at a time, the others a link away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import actor_of, public
from accounts.actions.proving import Refused, send_email_code
from accounts.models import EmailDevice
from accounts.once import once
from accounts.reports.factors import kinds_to_sign_in
from accounts.second_factor import FactorKind, Proof
from accounts.sign_in_stage import in_stage, leave_stage, user_in_stage
from accounts.views.proofs import Kinds, answer_challenge, asked_kind, proof_context, prove

PURPOSE = "sign in"
BECAUSE = "whoever gave the right password has not signed in yet"


@public(because=BECAUSE)
@in_stage
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    user = user_in_stage(request)
    kinds = kinds_to_sign_in(user)
    if not kinds:
        return leave_stage(request, None)
    if request.method != "POST":
        return _show(request, kinds, request.GET.get("kind", ""))
    answer = prove(request, user, kinds, PURPOSE)
    if isinstance(answer, Proof):
        return leave_stage(request, answer)
    return _show(request, kinds, request.POST.get("kind", ""), refused=answer)


@public(because=BECAUSE)
@in_stage
@require_POST
def second_factor_challenge(request: HttpRequest) -> HttpResponse:
    return answer_challenge(request, user_in_stage(request), PURPOSE)


@public(because=BECAUSE)
@in_stage
@once
@require_POST
def second_factor_mail(request: HttpRequest) -> HttpResponse:
    user = user_in_stage(request)
    device = EmailDevice.objects.filter(user=user, confirmed=True).first()
    if device is not None and FactorKind.EMAIL in kinds_to_sign_in(user):
        send_email_code(actor=actor_of(request), device=device)
    return redirect("account_second_factor")


def _show(request: HttpRequest, kinds: Kinds, wanted: str, refused: Refused | None = None) -> HttpResponse:
    asked = asked_kind(wanted, kinds)
    context = {**proof_context(kinds, asked, refused), "sends_mail": asked == FactorKind.EMAIL}
    return render(request, "account/second_factor.html", context, status=422 if refused else 200)
