"""Deriving a data key from its two shares, and the commitment that tells a wrong key before it is used."""

import hmac
import struct
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vault.providers.base import KeyOwner

DATA_KEY_BYTES = 32
_VERSION = struct.Struct(">I")


def hkdf(secret: bytes, *, info: bytes, salt: bytes = b"", length: int = DATA_KEY_BYTES) -> bytes:
    """HKDF-SHA-512, RFC 5869."""
    return HKDF(algorithm=SHA512(), length=length, salt=salt or None, info=info).derive(secret)


def derive_data_key(database_share: bytes, provider_share: bytes, owner: KeyOwner, version: int) -> bytes:
    """The 32-byte data key of both shares, bound to its owner and version. One share alone says nothing about it."""
    return hkdf(database_share + provider_share, info=b"counterfoil data key v1\x00" + _identity(owner, version))


def commit(data_key: bytes, owner: KeyOwner, version: int) -> bytes:
    """HMAC-SHA-256 that stands beside the database's share: AES-GCM alone does not say which key was meant."""
    return hmac.digest(data_key, b"counterfoil key commitment v1\x00" + _identity(owner, version), sha256)


def _identity(owner: KeyOwner, version: int) -> bytes:
    return owner.kind.encode() + b"\x00" + owner.id.bytes + _VERSION.pack(version)
