"""What the two pages that ask for a second factor share: which kind is asked for, what came back, and what is shown."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts.access import actor_of
from accounts.actions.passkeys import prove_by_passkey
from accounts.actions.proving import Refused, prove_by_code
from accounts.challenges import keep_challenge, take_challenge
from accounts.forms.factors import CodeForm, PasskeyAnswer
from accounts.models import Passkey, User
from accounts.passkeys import are_offered, begin_proof
from accounts.second_factor import FactorKind, Proof

Kinds = tuple[FactorKind, ...]
LONGEST_CODE = 40


def answer_challenge(request: HttpRequest, user: User, purpose: str) -> HttpResponse:
    """What a browser is asked for a proof by one of the person's passkeys, good for this purpose alone."""
    held = Passkey.objects.filter(user=user, confirmed=True)
    options, state = begin_proof([passkey.credential for passkey in held])
    keep_challenge(request.session, purpose, state)
    return JsonResponse(options)


def prove(request: HttpRequest, user: User, kinds: Kinds, purpose: str) -> Proof | Refused:
    """Try what was sent: a browser's answer for a passkey, or a code of one of the `kinds`."""
    actor = actor_of(request)
    if "credential" in request.POST:
        answer = PasskeyAnswer(request.POST)
        given = answer.cleaned_data["credential"] if answer.is_valid() else ""
        return prove_by_passkey(actor=actor, user=user, state=take_challenge(request.session, purpose), answer=given)
    token = request.POST.get("token", "").strip()[:LONGEST_CODE]
    kind = asked_kind(request.POST.get("kind", ""), kinds, token)
    return prove_by_code(actor=actor, user=user, kind=kind, code=token)


def asked_kind(wanted: str, kinds: Kinds, typed: str = "") -> FactorKind:
    """The kind somebody chose; else the one whose codes look like what was typed; else the first that takes codes, which
    is no backup code: those are for the day when there is nothing else.
    """
    taking = [kind for kind in kinds if kind != FactorKind.PASSKEY]
    if wanted in taking:
        return FactorKind(wanted)
    if typed and not typed.replace(" ", "").isdigit() and FactorKind.BACKUP in taking:
        return FactorKind.BACKUP
    return next((kind for kind in taking if kind != FactorKind.BACKUP), FactorKind.PASSKEY)


def proof_context(kinds: Kinds, asked: FactorKind, refused: Refused | None, following: str = "") -> dict[str, object]:
    """What both pages show; `form` is None where only a passkey is asked for, which takes no code."""
    initial = {"kind": asked, "next": following}
    return {
        "form": CodeForm(initial=initial, asked=asked) if asked != FactorKind.PASSKEY else None,
        "asked": asked,
        "refused": refused.sentence if refused else "",
        "has_passkey": FactorKind.PASSKEY in kinds and are_offered(),
        "others": [kind for kind in kinds if kind not in {asked, FactorKind.PASSKEY}],
    }
