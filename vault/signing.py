"""The installation's signing key, Ed25519 (RFC 8032). It lives where the key provider keeps its shares, never in the
database, so that whoever writes the database can sign nothing. Beside it stands what was signed last for each workspace.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.utils import timezone

from vault.providers.files import read_own, remove_file, replace_file
from vault.providers.signfile import KeyFileSigner

KEY_ID_CHARACTERS = 16
MOST_NOTED = 4096
# What is signed says when, a moment before it is signed: the first key is made at its first signature, and another process or
# machine may rotate in between, by a clock of its own. Five minutes is what Kerberos (RFC 4120) bears of clocks, too; somebody
# with a retired key gains nothing by them, who could as well write down an earlier time.
CLOCKS_APART = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key, 32 bytes, by the id that signatures name it with. Times are UTC."""

    id: str
    public: bytes
    created_at: datetime
    retired_at: datetime | None

    def misuse_at(self, at: datetime) -> str | None:
        """Why what is said to be signed at this time (UTC) cannot be, in words; None where it can."""
        if at < self.created_at - CLOCKS_APART:
            return "before its key was made"
        if self.retired_at is not None and at > self.retired_at + CLOCKS_APART:
            return "after its key was retired"
        return None


@dataclass(frozen=True, slots=True)
class Signature:
    """64 bytes, and the id of the key they were made with."""

    key_id: str
    value: bytes


def key_id_of(public: bytes) -> str:
    """The beginning of the SHA-256 of a public key, in hex."""
    return sha256(public).hexdigest()[:KEY_ID_CHARACTERS]


def sign(message: bytes) -> Signature:
    """Sign with the key in use; the first one is made here. Raises ShareMissing, ShareUnusable."""
    public, value = _signer().sign(message, now=timezone.now())
    return Signature(key_id_of(public), value)


def verification_keys() -> dict[str, VerificationKey]:
    """Every key that this installation ever signed with, by id, the oldest first."""
    found = (
        VerificationKey(key_id_of(key.public), key.public, key.created_at, key.retired_at)
        for key in _signer().public_keys()
    )
    return {key.id: key for key in found}


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature over the message is by this key's owner."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def rotate_signing_key() -> str:
    """Make a new signing key and forget the private part of the old ones; the new one's id."""
    _signer().rotate(now=timezone.now())
    return list(verification_keys())[-1]


def note_signed(workspace_id: UUID, note: bytes) -> None:
    """Keep beside the keys what was last signed for a workspace."""
    replace_file(_note_path(workspace_id), note)


def noted_signed(workspace_id: UUID) -> bytes | None:
    """What `note_signed` was told last, None before that."""
    try:
        return read_own(_note_path(workspace_id), MOST_NOTED)
    except FileNotFoundError:
        return None


def forget_signed(workspace_id: UUID) -> None:
    """Forget what was noted. Quiet when nothing was."""
    remove_file(_note_path(workspace_id))


def _note_path(workspace_id: UUID) -> Path:
    return Path(settings.KEY_DIR) / "signed" / str(workspace_id)


@cache
def _signer() -> KeyFileSigner:
    return KeyFileSigner(Path(settings.KEY_DIR))
