"""Deeds on passkeys: registering one, and proving by one."""

import hashlib

from django.db import transaction

from accounts.actions.proving import Refused, note_proof
from accounts.factor_record import record_factor
from accounts.mail import request_mail
from accounts.models import Passkey, User
from accounts.passkeys import Challenge, PasskeyRefused, finish_proof, finish_registration
from accounts.second_factor import Proof
from audit.log import Actor
from audit.models import Event
from vault.locks import lock_until_commit

COPIED = (
    "That passkey was used elsewhere since, as if it had been copied. Use another factor, remove it and add it again."
)


@transaction.atomic
def add_passkey(*, actor: Actor, user: User, state: Challenge, answer: str, name: str) -> Proof:
    """Register the passkey with which a browser answered the challenge of `state`. Raises PasskeyRefused."""
    made = finish_registration(state, answer)
    digest = digest_of(made.credential_id)
    # Of two that register it at once the second sees what the first did.
    lock_until_commit(f"passkey {digest.hex()}")
    if Passkey.objects.filter(credential_digest=digest).exists():
        raise PasskeyRefused
    passkey = Passkey.objects.create(
        user=user,
        name=name,
        credential=made.credential,
        credential_digest=digest,
        sign_count=made.sign_count,
        confirmed=True,
    )
    record_factor(actor=actor, action="created", factor=passkey)
    request_mail(kind="factor_added", user_id=user.pk, detail={"kind": passkey.kind.label})
    return note_proof(actor=actor, factor=passkey)


@transaction.atomic
def prove_by_passkey(*, actor: Actor, user: User, state: Challenge, answer: str) -> Proof | Refused:
    """Take a browser's answer to the challenge of `state` as proof; what is wrong with it is answered, not raised."""
    held = list(Passkey.objects.select_for_update().filter(user=user, confirmed=True).order_by("pk"))
    try:
        use = finish_proof(state, [passkey.credential for passkey in held], answer)
    except PasskeyRefused as refusal:
        for passkey in held[:1]:
            record_factor(actor=actor, action="refused", factor=passkey, outcome=Event.Outcome.FAILED)
        return Refused(str(refusal))
    digest = digest_of(use.credential_id)
    passkey = next(one for one in held if bytes(one.credential_digest) == digest)
    # Those that do not count say 0 for ever; one that does and falls behind exists twice.
    if (use.sign_count or passkey.sign_count) and use.sign_count <= passkey.sign_count:
        record_factor(actor=actor, action="refused", factor=passkey, outcome=Event.Outcome.FAILED)
        return Refused(COPIED)
    passkey.sign_count = use.sign_count
    return note_proof(actor=actor, factor=passkey)


def digest_of(credential_id: bytes) -> bytes:
    """What a credential's id is known by in the database."""
    return hashlib.sha256(credential_id).digest()
