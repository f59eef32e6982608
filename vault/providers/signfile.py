"""The signing key as files beside the shares: `signing/<number>.key` holds the seed, `<number>.json` what is published.

A seed is removed when its key is rotated out; what is published of it stays for as long as there are signatures by it.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vault.providers.base import ShareMissing, ShareUnusable
from vault.providers.files import FileReadByOthers, read_own, remove_file, replace_file, write_once

SEED_BYTES = 32
MOST_FACTS = 4096


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What is published of a signing key: 32 bytes of Ed25519. Times are UTC; `retired_at` is None for the one in use."""

    number: int
    public: bytes
    created_at: datetime
    retired_at: datetime | None


class KeyFileSigner:
    """Signs with the newest key of a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "signing"

    def sign(self, message: bytes, *, now: datetime) -> tuple[bytes, bytes]:
        """The public key and the signature; the first key is made at the first use. Raises ShareMissing, ShareUnusable."""
        number = self._newest() or self._create(1, now)
        try:
            private = self._private(number)
        except ShareMissing:
            # Another process may have rotated it out just now.
            if self._newest() == number:
                raise
            return self.sign(message, now=now)
        return _public(private), private.sign(message)

    def rotate(self, *, now: datetime) -> None:
        """Sign with a new key from now on. What the old one was is still published; it signs nothing any more."""
        for number in range(1, self._create(self._newest() + 1, now)):
            facts = self._facts(number)
            if facts["retired_at"] is None:
                replace_file(self._path(number, "json"), _as_bytes({**facts, "retired_at": now.isoformat()}))
            remove_file(self._path(number, "key"))

    def public_keys(self) -> Iterator[PublicKey]:
        """All keys that ever signed here, the oldest first."""
        for number in range(1, self._newest() + 1):
            facts = self._facts(number)
            created_at, retired_at = facts["created_at"], facts["retired_at"]
            yield PublicKey(
                number=number,
                public=bytes.fromhex(facts["public"] or ""),
                created_at=datetime.fromisoformat(created_at or ""),
                retired_at=datetime.fromisoformat(retired_at) if retired_at else None,
            )

    def _create(self, number: int, now: datetime) -> int:
        # Another process may make it at the same moment: one seed is kept, and both publish that one's key.
        write_once(self._path(number, "key"), secrets.token_bytes(SEED_BYTES))
        public = _public(self._private(number)).hex()
        facts = {"public": public, "created_at": now.isoformat(), "retired_at": None}
        write_once(self._path(number, "json"), _as_bytes(facts))
        return number

    def _newest(self) -> int:
        return max((int(path.stem) for path in self.directory.glob("[0-9]*.json")), default=0)

    def _private(self, number: int) -> Ed25519PrivateKey:
        seed = self._read(number, "key", SEED_BYTES + 1)
        if len(seed) != SEED_BYTES:
            raise ShareUnusable(f"The signing key {number} has the wrong length")
        return Ed25519PrivateKey.from_private_bytes(seed)

    def _facts(self, number: int) -> dict[str, str | None]:
        facts: dict[str, str | None] = json.loads(self._read(number, "json", MOST_FACTS))
        return facts

    def _read(self, number: int, kind: str, at_most: int) -> bytes:
        try:
            return read_own(self._path(number, kind), at_most)
        except FileNotFoundError:
            raise ShareMissing(f"No file of the signing key {number}") from None
        except FileReadByOthers:
            raise ShareUnusable(f"The signing key {number} may be read by others") from None

    def _path(self, number: int, kind: str) -> Path:
        return self.directory / f"{number}.{kind}"


def _public(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _as_bytes(facts: dict[str, str | None]) -> bytes:
    return json.dumps(facts, sort_keys=True).encode()
