"""The proof of a second factor that a session carries: one mark, written when a factor is used and read without a query."""

import time
from dataclasses import dataclass
from typing import Any, Self

from django.contrib.sessions.backends.base import SessionBase
from django.db import models
from django.http import HttpRequest

MARK, PASSWORD_MARK = "second_factor", "password_at"


class FactorKind(models.TextChoices):
    """The kinds of second factor. A backup code stands in for whatever was lost."""

    TOTP = "totp", "Authenticator app"
    PASSKEY = "passkey", "Passkey"
    EMAIL = "email", "Code by e-mail"
    BACKUP = "backup", "Backup code"


# What shows that somebody holds a thing: whoever reads a person's mail gets their codes and their new password alike.
STRONG = frozenset({FactorKind.TOTP, FactorKind.PASSKEY})


@dataclass(frozen=True, slots=True)
class Proof:
    """Which factor a session was proven by (`factor` is its row's id), and when, in seconds of Unix time."""

    kind: FactorKind
    factor: str
    at: int

    @classmethod
    def now(cls, kind: FactorKind, factor: object) -> Self:
        """A proof given at this moment."""
        return cls(kind, str(factor), int(time.time()))

    def is_fresh(self, minutes: int) -> bool:
        """Whether it was given within so many minutes."""
        return 0 <= time.time() - self.at < minutes * 60


def proof_of(request: HttpRequest) -> Proof | None:
    """The second factor that this session was last proven by, None if by none."""
    return read_proof(request.session)


def read_proof(session: SessionBase) -> Proof | None:
    """The proof in a session's data; a mark that is not one of ours counts as none."""
    mark: Any = session.get(MARK)
    try:
        return Proof(FactorKind(mark["kind"]), str(mark["factor"]), int(mark["at"]))
    except (KeyError, TypeError, ValueError):
        return None


def write_proof(session: SessionBase, proof: Proof) -> None:
    """Mark a session as proven; whoever does it in a request also gives the session a new key."""
    session[MARK] = {"kind": proof.kind.value, "factor": proof.factor, "at": proof.at}


def forget_proof(session: SessionBase) -> None:
    """The factor that proved this session is gone."""
    session.pop(MARK, None)


def note_password(session: SessionBase) -> None:
    """The right password was given just now."""
    session[PASSWORD_MARK] = int(time.time())


def has_fresh_password(session: SessionBase, minutes: int) -> bool:
    """Whether the password was given within so many minutes."""
    given_at = session.get(PASSWORD_MARK)
    return isinstance(given_at, int) and 0 <= time.time() - given_at < minutes * 60
