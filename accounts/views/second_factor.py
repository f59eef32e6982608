"""The second step of signing in: one kind of factor at a time, the others a link away."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import actor_of, public
from accounts.actions.passkeys import prove_by_passkey
from accounts.actions.proving import Refused, prove_by_code, send_email_code
from accounts.challenges import keep_challenge, take_challenge
from accounts.forms.factors import CodeForm, PasskeyAnswer
from accounts.models import EmailDevice, Passkey, User
from accounts.passkeys import are_offered, begin_proof
from accounts.reports.factors import kinds_to_sign_in
from accounts.second_factor import FactorKind, Proof
from accounts.sign_in_stage import in_stage, leave_stage, user_in_stage

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
        return _show(request, kinds, _asked(request.GET.get("kind", ""), kinds))
    answer = _prove(request, user, kinds)
    if isinstance(answer, Proof):
        return leave_stage(request, answer)
    return _show(request, kinds, _asked(request.POST.get("kind", ""), kinds), refused=answer)


@public(because=BECAUSE)
@in_stage
@require_POST
def second_factor_challenge(request: HttpRequest) -> HttpResponse:
    held = Passkey.objects.filter(user=user_in_stage(request), confirmed=True)
    options, state = begin_proof([passkey.credential for passkey in held])
    keep_challenge(request.session, PURPOSE, state)
    return JsonResponse(options)


@public(because=BECAUSE)
@in_stage
@require_POST
def second_factor_mail(request: HttpRequest) -> HttpResponse:
    user = user_in_stage(request)
    device = EmailDevice.objects.filter(user=user, confirmed=True).first()
    if device is not None and FactorKind.EMAIL in kinds_to_sign_in(user):
        send_email_code(actor=actor_of(request), device=device)
    return redirect("account_second_factor")


def _prove(request: HttpRequest, user: User, kinds: tuple[FactorKind, ...]) -> Proof | Refused:
    if "credential" in request.POST:
        answer = PasskeyAnswer(request.POST)
        state = take_challenge(request.session, PURPOSE)
        given = answer.cleaned_data["credential"] if answer.is_valid() else ""
        return prove_by_passkey(actor=actor_of(request), user=user, state=state, answer=given)
    token = request.POST.get("token", "").strip()[:40]
    kind = _asked(request.POST.get("kind", ""), kinds, token)
    return prove_by_code(actor=actor_of(request), user=user, kind=kind, code=token)


def _asked(wanted: str, kinds: tuple[FactorKind, ...], token: str = "") -> FactorKind:
    """The kind somebody chose; else the one whose codes look like what was typed; else the first that takes codes."""
    taking = [kind for kind in kinds if kind != FactorKind.PASSKEY]
    if wanted in taking:
        return FactorKind(wanted)
    if token and not token.replace(" ", "").isdigit() and FactorKind.BACKUP in taking:
        return FactorKind.BACKUP
    return taking[0] if taking else FactorKind.PASSKEY


def _show(
    request: HttpRequest, kinds: tuple[FactorKind, ...], asked: FactorKind, refused: Refused | None = None
) -> HttpResponse:
    form = CodeForm(initial={"kind": asked}, asked=asked) if asked != FactorKind.PASSKEY else None
    context = {
        "form": form,
        "asked": asked,
        "refused": refused.sentence if refused else "",
        "has_passkey": FactorKind.PASSKEY in kinds and are_offered(),
        "others": [kind for kind in kinds if kind not in {asked, FactorKind.PASSKEY}],
        "sends_mail": asked == FactorKind.EMAIL,
    }
    return render(request, "account/second_factor.html", context, status=422 if refused else 200)
