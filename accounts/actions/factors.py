"""Deeds on a person's second factors: adding, naming and removing them. A factor counts once it has worked."""

import os
import secrets
from uuid import UUID

from django.db import transaction

from accounts.factor_record import record_factor
from accounts.mail import request_mail
from accounts.models import ALL_FACTORS, BackupCode, BackupCodes, EmailDevice, Factor, TotpDevice, User
from accounts.second_factor import STRONG, Proof
from audit.log import Actor, changes
from vault.locks import lock_until_commit

KEY_BYTES = 20
CODES, CODE_GROUPS, GROUP_CHARACTERS = 10, 4, 4
# No letter or digit that looks like another; sixteen of them are 78 bits.
ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"
STRONG_MODELS = tuple(model for model in ALL_FACTORS if model.kind in STRONG)


class NoSuchFactor(LookupError):
    """The person has no factor of this id."""

    def __init__(self) -> None:
        super().__init__("There is no such second factor any more.")


@transaction.atomic
def start_totp(*, actor: Actor, user: User, name: str) -> TotpDevice:
    """A new secret for an authenticator app, which counts once `confirm_totp` has seen a code of it.

    What was begun before and never confirmed is forgotten.
    """
    TotpDevice.objects.filter(user=user, confirmed=False).delete()
    device = TotpDevice.objects.create(user=user, name=name, key=os.urandom(KEY_BYTES))
    record_factor(actor=actor, action="started", factor=device)
    return device


@transaction.atomic
def confirm_totp(*, actor: Actor, user: User, device_id: UUID, code: str) -> Proof | None:
    """The proof that the app shows the right codes, from when on it counts; None for a wrong code or one too soon.

    Raises NoSuchFactor.
    """
    device = _unconfirmed(TotpDevice, user, device_id)
    return _confirm(actor, device, is_right=not device.seconds_to_wait() and device.accepts(code))


@transaction.atomic
def start_email_codes(*, actor: Actor, user: User) -> EmailDevice:
    """Codes by e-mail, which count once the first of them came back. Asked for twice at once, they are the same ones."""
    device, is_new = EmailDevice.objects.get_or_create(user=user, defaults={"key": os.urandom(KEY_BYTES)})
    if is_new:
        record_factor(actor=actor, action="started", factor=device)
    return device


@transaction.atomic
def confirm_email_codes(*, actor: Actor, user: User, device_id: UUID, code: str) -> Proof | None:
    """As `confirm_totp`. Raises NoSuchFactor."""
    device = _unconfirmed(EmailDevice, user, device_id)
    return _confirm(actor, device, is_right=not device.seconds_to_wait() and device.accepts(code))


@transaction.atomic
def make_backup_codes(*, actor: Actor, user: User) -> tuple[str, ...]:
    """Ten codes, each good once; those made before are worth nothing any more. Shown now and never again."""
    # Of two that are made at once the later ones count.
    lock_until_commit(f"backup codes of {user.pk}")
    BackupCodes.objects.filter(user=user).delete()
    made = BackupCodes.objects.create(user=user, key=os.urandom(KEY_BYTES), confirmed=True)
    codes = [_random_code() for _ in range(CODES)]
    BackupCode.objects.bulk_create(BackupCode(codes=made, digest=made.digest(plain_code(code))) for code in codes)
    record_factor(actor=actor, action="created", factor=made, detail={"codes": CODES})
    return tuple(codes)


@transaction.atomic
def rename_factor(*, actor: Actor, user: User, factor_id: UUID, name: str) -> None:
    """Call an app or a passkey something else. Raises NoSuchFactor."""
    factor = find_factor(user, factor_id)
    if factor.kind not in STRONG:
        raise NoSuchFactor
    before, factor.name = factor.name, name
    factor.save(update_fields=["name"])
    record_factor(actor=actor, action="renamed", factor=factor, own=changes({"name": before}, {"name": name}))


@transaction.atomic
def remove_factor(*, actor: Actor, user: User, factor_id: UUID) -> tuple[UUID, ...]:
    """Take a factor away. Backup codes go with the last factor that they stand in for.

    The ids of what is gone, by which sessions may have been proven. Raises NoSuchFactor.
    """
    factor = find_factor(user, factor_id)
    record_factor(actor=actor, action="removed", factor=factor)
    request_mail(kind="factor_removed", user_id=user.pk, detail={"kind": factor.kind.label})
    factor.delete()
    if any(model.objects.filter(user=user, confirmed=True).exists() for model in STRONG_MODELS):
        return (factor_id,)
    codes = find_backup_codes(user)
    BackupCodes.objects.filter(user=user).delete()
    return (factor_id, *codes)


def find_backup_codes(user: User) -> tuple[UUID, ...]:
    """The id of a person's set of backup codes, if there is one."""
    return tuple(BackupCodes.objects.filter(user=user).values_list("pk", flat=True))


def find_factor(user: User, factor_id: UUID) -> Factor:
    """A person's confirmed factor, locked for this transaction. Raises NoSuchFactor."""
    for model in ALL_FACTORS:
        found = model.objects.select_for_update().filter(pk=factor_id, user=user, confirmed=True).first()
        if found is not None:
            return found
    raise NoSuchFactor


def plain_code(typed: str) -> str:
    """A backup code as it is compared, however it was typed."""
    return "".join(character for character in typed.lower() if character.isalnum())


def _unconfirmed(model: type[Factor], user: User, device_id: UUID) -> Factor:
    device = model.objects.select_for_update().filter(pk=device_id, user=user, confirmed=False).first()
    if device is None:
        raise NoSuchFactor
    return device


def _confirm(actor: Actor, device: Factor, *, is_right: bool) -> Proof | None:
    if not is_right:
        device.throttle_increment()
        return None
    device.confirmed = True
    device.note_use()
    device.save()
    record_factor(actor=actor, action="created", factor=device)
    request_mail(kind="factor_added", user_id=device.user_id, detail={"kind": device.kind.label})
    return Proof.now(device.kind, device.pk)


def _random_code() -> str:
    groups = ["".join(secrets.choice(ALPHABET) for _ in range(GROUP_CHARACTERS)) for _ in range(CODE_GROUPS)]
    return "-".join(groups)
