"""Sealing and opening bytes with AES-256-GCM.

A sealed value is `format(1) | key version(4) | nonce(12) | ciphertext | tag(16)`. Its associated data names whose it
is, which field, which row and, for blobs, which version, so that a value moved anywhere else does not open.
"""

import os
import struct
from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = 1
NONCE_BYTES = 12
TAG_BYTES = 16
_HEADER = struct.Struct(">BI")
_LENGTH = struct.Struct(">H")
_VERSION = struct.Struct(">Q")
HEADER_BYTES = _HEADER.size
OVERHEAD = HEADER_BYTES + NONCE_BYTES + TAG_BYTES
UNOPENED = (LookupError, ValueError, InvalidTag)


class SealBroken(ValueError):
    """A sealed value does not open where it stands. Says the place, never the content."""

    def __init__(self, place: "Place", reason: str) -> None:
        self.place = place
        super().__init__(f"{place}: {reason}")


class Place(msgspec.Struct, frozen=True):
    """Where a sealed value belongs: its owner, the frozen label of its field, its row and, for blobs, its version.

    A msgspec.Struct because a page names some hundreds.
    """

    owner: UUID
    label: str
    row: UUID
    version: int | None = None

    def __str__(self) -> str:
        version = "" if self.version is None else f", version {self.version}"
        return f"{self.label} of row {self.row}{version}"

    def associated_data(self, header: bytes) -> bytes:
        """The bytes bound to a value beside its ciphertext; every variable part carries its length."""
        version = b"" if self.version is None else _VERSION.pack(self.version)
        return b"".join((header, field_bytes(self.owner, self.label), self.row.bytes, version))


def seal(cipher: AESGCM, key_version: int, place: Place, plaintext: bytes) -> bytes:
    """Seal `plaintext` for `place` under a fresh random nonce."""
    header = _HEADER.pack(FORMAT, key_version)
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + cipher.encrypt(nonce, plaintext, place.associated_data(header))


def key_version_of(sealed: bytes, place: Place) -> int:
    """The key version a sealed value names. Raises SealBroken when it is not a sealed value at all."""
    if len(sealed) < OVERHEAD:
        raise SealBroken(place, "too short to be a sealed value")
    form, version = _HEADER.unpack_from(sealed)
    if form != FORMAT:
        raise SealBroken(place, "not a known sealed format")
    return int(version)


def open_sealed(cipher: AESGCM, place: Place, sealed: bytes) -> bytes:
    """The plaintext of a value sealed for `place`. Raises SealBroken for anything else."""
    nonce_end = HEADER_BYTES + NONCE_BYTES
    header, nonce = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:nonce_end]
    try:
        return cipher.decrypt(nonce, memoryview(sealed)[nonce_end:], place.associated_data(header))
    except InvalidTag:
        raise SealBroken(place, "altered, or sealed for another place") from None


def rows_opener(ciphers: Mapping[int, AESGCM], owner: UUID, label: str) -> Callable[[UUID, bytes], bytes]:
    """What opens a field's value by its row, for many rows: what their associated data share is put together once.

    It raises one of UNOPENED where something is wrong; `open_sealed` then says what.
    """
    field, nonce_end = field_bytes(owner, label), HEADER_BYTES + NONCE_BYTES
    headers = [(_HEADER.pack(FORMAT, version), cipher) for version, cipher in ciphers.items()]
    known = {header: (cipher.decrypt, header + field) for header, cipher in headers}

    def open_row(row: UUID, sealed: bytes) -> bytes:
        decrypt, shared = known[sealed[:HEADER_BYTES]]
        return decrypt(sealed[HEADER_BYTES:nonce_end], sealed[nonce_end:], shared + row.bytes)

    return open_row


def field_bytes(owner: UUID, label: str) -> bytes:
    """What the associated data of all values of a field have in common."""
    encoded = label.encode()
    return owner.bytes + _LENGTH.pack(len(encoded)) + encoded


def pad(data: bytes, block: int) -> bytes:
    """`data`, one 0x80 and zeros to a multiple of `block` (ISO/IEC 7816-4), so that lengths say little."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def unpad(data: bytes, place: Place) -> bytes:
    """What `pad` was given. Raises SealBroken when there is no padding."""
    bare = data.rstrip(b"\x00")
    if not bare.endswith(b"\x80"):
        raise SealBroken(place, "padding is missing")
    return bare[:-1]
