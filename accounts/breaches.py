"""Passwords that are known from data leaks [R20]. Asked is a service that learns five hex digits of a hash, and pads its
answer; where it cannot be asked, a list that is always here. Which of the two answered is for the record.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from string import digits, punctuation, whitespace
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from config.outbound import AllowList, Bounds, Call, OutboundFailed, OutboundRefused, OutboundSession, Route

log = logging.getLogger(__name__)

PREFIX_DIGITS = 5
BOUNDS = Bounds(connect=2.0, read=2.0, total=2.0)
MOST_REPLY_BYTES = 1024 * 1024
PRODUCT = "counterfoil"
# What is put around a word that everybody knows does not make it another one, unless it is longer than this.
MOST_TRIMMINGS = 8
MOST_REPEATED = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a password is known, and who says so: the service, or the list because the service could not be asked."""

    breached: bool
    source: Literal["service", "list"]


_looked_up: ContextVar[tuple[bytes, Answer] | None] = ContextVar("looked_up_password", default=None)


@contextmanager
def looking_up(password: str) -> Iterator[Answer]:
    """Ask about a password, outside any transaction; in the block the validator knows the answer."""
    digest = _sha1(password)
    answer = _look_up(password, digest.hex().upper())
    token = _looked_up.set((digest, answer))
    try:
        yield answer
    finally:
        _looked_up.reset(token)


class BreachedPasswordValidator:
    """Refuses what is known. Never calls out: it goes by what was looked up before, else by the list."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        known = _looked_up.get()
        digest = _sha1(password)
        breached = known[1].breached if known and known[0] == digest else False
        if breached or is_common(password, email=getattr(user, "email", "") or ""):
            raise ValidationError(
                "This password is known from data leaks, or is too easy to guess. Choose another one.",
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return "It must not be a password that is known from data leaks."


def is_common(password: str, *, email: str = "") -> bool:
    """Whether a password is on the list, or a word of it, the product's name or one's own repeated or with trimmings."""
    folded = password.casefold()
    unit = folded[: (folded + folded).find(folded, 1)]
    words = _common() | {PRODUCT, email.partition("@")[0].casefold(), email.casefold()} - {""}
    if folded in words or _is_sequence(folded) or (unit != folded and (unit in words or len(unit) <= MOST_REPEATED)):
        return True
    core = folded.strip(digits + punctuation + whitespace)
    return core in words and len(folded) - len(core) <= MOST_TRIMMINGS


def _is_sequence(text: str) -> bool:
    # 123456789012 and abcdefghijkl: the next is always one more, and 0 comes after 9.
    steps = {(ord(second) - ord(first)) % (10 if text.isdecimal() else 256) for first, second in pairwise(text)}
    return len(steps) <= 1


def _look_up(password: str, digest: str) -> Answer:
    if settings.PWNED_URL:
        try:
            return Answer(digest[PREFIX_DIGITS:] in _ask(digest[:PREFIX_DIGITS]), "service")
        except (OutboundFailed, OutboundRefused, ValueError) as error:
            log.warning("Passwords could not be looked up: %s", error)
    return Answer(is_common(password), "list")


def _ask(prefix: str) -> frozenset[str]:
    """The rest of each hash that begins so and was seen in a leak. Padding has the count 0."""
    url: str = settings.PWNED_URL
    parts = urlsplit(url)
    origin = frozenset({f"{parts.scheme}://{parts.netloc}"})
    route = frozenset({Route("GET", f"{parts.path}/range/{prefix}")})
    production: bool = settings.ENVIRONMENT.is_production
    allow = AllowList(
        route,
        origins=origin if production else frozenset(),
        sandboxes=frozenset() if production else origin,
        production=production,
    )
    with OutboundSession(allow, _note, MOST_REPLY_BYTES) as session:
        reply = session.get(f"{url}/range/{prefix}", {}, {"Add-Padding": "true"}, BOUNDS)
    if reply.status != 200:
        raise OutboundFailed("connection")
    lines = (line.partition(":") for line in reply.body.decode("ascii").splitlines())
    return frozenset(suffix.strip().upper() for suffix, _, count in lines if int(count) > 0)


def _note(call: Call) -> None:
    log.info("Passwords were looked up: %s", call.status)


def _sha1(password: str) -> bytes:
    # The service's own choice; what leaves are five digits of it.
    return hashlib.sha1(password.encode(), usedforsecurity=False).digest()


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
