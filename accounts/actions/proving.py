"""Deeds that prove a second factor: one kind at a time, under lock, so that no code works twice.

A wrong code is answered and not raised: an exception would take back the count of failures with its transaction.
"""

from dataclasses import dataclass

from django.db import transaction

from accounts.actions.factors import plain_code
from accounts.factor_record import record_factor
from accounts.mail import request_mail
from accounts.models import ALL_FACTORS, EmailDevice, Factor, User
from accounts.models.factors import MAIL_MINUTES
from accounts.second_factor import FactorKind, Proof
from audit.log import Actor
from audit.models import Event

CODE_MODELS = {model.kind: model for model in ALL_FACTORS if model.kind != FactorKind.PASSKEY}
WRONG = {
    FactorKind.TOTP: "That code did not work. Each code works once: wait for the next one, and see that the clock of your "
    "phone is right.",
    FactorKind.EMAIL: "That code did not work. The last one sent works once, within ten minutes.",
    FactorKind.BACKUP: "That code did not work. Each backup code works once.",
}


# So many wrong codes in a row are not a slip any more: somebody else may know the password.
FAILURES_TO_TELL = 5


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a proof was not taken, in a sentence for the person."""

    sentence: str


@transaction.atomic
def prove_by_code(*, actor: Actor, user: User, kind: FactorKind, code: str) -> Proof | Refused:
    """Try a code on the person's factors of one kind, and on no other."""
    if kind not in CODE_MODELS:
        return Refused("A passkey is proven by the browser, and not by a code.")
    factors = list(CODE_MODELS[kind].objects.select_for_update().filter(user=user, confirmed=True).order_by("pk"))
    ready = [factor for factor in factors if not factor.seconds_to_wait()]
    if not ready:
        return Refused(_say_wait(factors) if factors else "You have no factor of this kind.")
    typed = plain_code(code) if kind == FactorKind.BACKUP else "".join(code.split())
    for factor in ready:
        if factor.accepts(typed):
            return note_proof(actor=actor, factor=factor)
    for factor in ready:
        factor.throttle_increment()
        if factor.throttling_failure_count == FAILURES_TO_TELL:
            request_mail(kind="factor_failures", user_id=user.pk)
    record_factor(actor=actor, action="refused", factor=ready[0], outcome=Event.Outcome.FAILED)
    return Refused(WRONG[kind])


def note_proof(*, actor: Actor, factor: Factor) -> Proof:
    """Save that a factor worked just now, and record it."""
    factor.note_use()
    factor.save()
    record_factor(actor=actor, action="proven", factor=factor)
    if factor.kind == FactorKind.BACKUP:
        request_mail(kind="backup_code_used", user_id=factor.user_id)
    return Proof.now(factor.kind, factor.pk)


@transaction.atomic
def send_email_code(*, actor: Actor, device: EmailDevice) -> int:
    """Mail the person a new code; 0, or the seconds until another may be sent, and then none was."""
    locked = EmailDevice.objects.select_for_update().get(pk=device.pk)
    if wait := locked.next_code_in():
        return wait
    code = locked.renew()
    locked.save()
    request_mail(kind="second_factor_code", user_id=locked.user_id, detail={"code": code, "minutes": MAIL_MINUTES})
    record_factor(actor=actor, action="sent", factor=locked)
    return 0


def _say_wait(factors: list[Factor]) -> str:
    seconds = min(factor.seconds_to_wait() for factor in factors)
    wait = f"{seconds} seconds" if seconds > 1 else "a second"
    if seconds > 90:
        wait = f"{-(-seconds // 60)} minutes"
    return f"After several wrong codes this factor takes the next one in {wait}. Another kind of factor works now."
