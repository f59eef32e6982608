"""What a person proves themselves with besides their password. Secrets and names are sealed under the person's own key.

Each row counts its own failures, so that a wrong code of one kind never stands in the way of another.
"""

import hmac
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP, hotp

from accounts.models.people import User
from accounts.second_factor import FactorKind
from vault.fields import SealedBytes, SealedText

STEP_SECONDS, DIGITS, DRIFT_STEPS = 30, 6, 1
# Waits double from a second on and stop here, at eight and a half minutes: nobody can be locked out for good.
MOST_FAILURES = 10
MAIL_MINUTES, MAIL_COOL_DOWN_SECONDS = 10, 60


# django-otp publishes no types: this is what is used of it.
if TYPE_CHECKING:

    class _Device(models.Model):
        throttling_failure_count = models.PositiveIntegerField(default=0)
        throttling_failure_timestamp = models.DateTimeField(null=True)
        created_at = models.DateTimeField(auto_now_add=True)
        last_used_at = models.DateTimeField(null=True)
        name: Any

        objects: ClassVar[models.Manager[Self]] = models.Manager()

        class Meta:
            abstract = True

        def verify_is_allowed(self) -> tuple[bool, Any]: ...
        def throttle_reset(self, commit: bool = True) -> None: ...
        def throttle_increment(self, commit: bool = True) -> None: ...
        def set_last_used_timestamp(self, commit: bool = True) -> None: ...

else:

    class _Device(TimestampMixin, ThrottlingMixin, Device):
        objects = models.Manager()

        class Meta:
            abstract = True


class Factor(_Device):
    """What all kinds share: whose it is, whether it was confirmed by use, and the failures since it last worked."""

    kind: ClassVar[FactorKind]

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def accepts(self, code: str) -> bool:
        """Whether a code proves this factor now; it never will again. A factor that takes no codes accepts none."""
        return False

    def get_throttle_factor(self) -> int:
        return 1

    def throttle_increment(self, commit: bool = True) -> None:
        super().throttle_increment(commit=False)
        self.throttling_failure_count = min(self.throttling_failure_count, MOST_FAILURES)
        if commit:
            self.save()

    def seconds_to_wait(self) -> int:
        """How long this factor takes no code after those that were wrong, 0 when it takes one now."""
        allowed, why = self.verify_is_allowed()
        return 0 if allowed else max(1, int((why["locked_until"] - timezone.now()).total_seconds()) + 1)

    def note_use(self) -> None:
        """Remember that it worked just now, and forget the failures before. Does not save."""
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp(commit=False)


class TotpDevice(Factor):
    """An authenticator app, by RFC 6238: SHA-1, six digits, thirty seconds, a step of drift either way."""

    kind = FactorKind.TOTP

    name = SealedText(label="accounts.totp.name", owner="person", person_attr="user_id")
    key = SealedBytes(label="accounts.totp.key", owner="person", person_attr="user_id")
    last_step = models.BigIntegerField(default=-1)

    def accepts(self, code: str) -> bool:
        """Whether the code is right now; then neither it nor an older one will be again. Does not save."""
        clock = TOTP(self.key, STEP_SECONDS, 0, DIGITS)
        # One moment for the whole comparison, also where a step begins meanwhile.
        clock.time = time.time()
        if not is_code(code) or not clock.verify(int(code), DRIFT_STEPS, self.last_step + 1):
            return False
        self.last_step = clock.t()
        return True


class EmailDevice(Factor):
    """Codes sent to the person's own address. None is kept: each follows from the sealed key and a counter."""

    kind = FactorKind.EMAIL

    name = None
    key = SealedBytes(label="accounts.email_code.key", owner="person", person_attr="user_id")
    counter = models.BigIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], name="accounts_emaildevice_person")]

    def next_code_in(self) -> int:
        """Seconds until another code may be sent, 0 for now."""
        if self.sent_at is None:
            return 0
        passed = (timezone.now() - self.sent_at).total_seconds()
        return max(0, int(MAIL_COOL_DOWN_SECONDS - passed) + 1) if passed < MAIL_COOL_DOWN_SECONDS else 0

    def renew(self) -> str:
        """The next code, good for ten minutes; the one before is worth nothing. Does not save."""
        self.counter += 1
        self.sent_at = timezone.now()
        self.valid_until = self.sent_at + timedelta(minutes=MAIL_MINUTES)
        return self.code()

    def code(self) -> str:
        """The code that was last sent."""
        return f"{hotp(self.key, self.counter, DIGITS):0{DIGITS}}"

    def accepts(self, code: str) -> bool:
        """Whether it is the code last sent, for the first time and in time. Does not save."""
        if not is_code(code) or self.valid_until is None or timezone.now() >= self.valid_until:
            return False
        if not hmac.compare_digest(code, self.code()):
            return False
        self.valid_until = None
        return True


class BackupCodes(Factor):
    """A set of ten codes for the day when everything else is lost. Only their digests are kept."""

    kind = FactorKind.BACKUP

    name = None
    key = SealedBytes(label="accounts.backup_codes.key", owner="person", person_attr="user_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], name="accounts_backupcodes_person")]

    def digest(self, code: str) -> bytes:
        """What is kept of a code: without the sealed key nobody can try codes on it, and with it each try costs what one
        on a password costs [ASVS 6.5.2]. The salt is the set's id, of 122 random bits.
        """
        return hmac.digest(self.key, _stretch(code, self.pk.bytes), "sha256")

    def accepts(self, code: str) -> bool:
        """Whether it is one of the set that was not used yet; it is used from now on, in the database."""
        unused = BackupCode.objects.filter(codes=self, digest=self.digest(code), used_at=None)
        return unused.update(used_at=timezone.now()) == 1


class BackupCode(models.Model):
    """One of a set."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    codes = models.ForeignKey(BackupCodes, models.CASCADE, related_name="+")
    digest = models.BinaryField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"backup code {self.pk}"


class Passkey(Factor):
    """A passkey (WebAuthn). What the browser gave is sealed; the digest of its id keeps it from being registered twice."""

    kind = FactorKind.PASSKEY

    name = SealedText(label="accounts.passkey.name", owner="person", person_attr="user_id")
    credential = SealedBytes(label="accounts.passkey.credential", owner="person", person_attr="user_id")
    credential_digest = models.BinaryField(unique=True)
    sign_count = models.BigIntegerField(default=0)


# The strongest first.
ALL_FACTORS: tuple[type[Factor], ...] = (Passkey, TotpDevice, EmailDevice, BackupCodes)


def _stretch(code: str, salt: bytes) -> bytes:
    # Only who makes or uses a backup code needs it.
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(code.encode(), salt, hash_len=32, type=Type.ID, **settings.BACKUP_CODE_COST)


def is_code(text: str) -> bool:
    """Whether it has the shape of a code of digits."""
    return len(text) == DIGITS and text.isascii() and text.isdigit()
