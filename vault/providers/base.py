"""The small interface behind which the provider's share of every data key lives."""

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

SHARE_BYTES = 32


class KeyUnusable(Exception):
    """An owner's key cannot be had: what it sealed is there and does not open here."""


class ShareMissing(KeyUnusable, LookupError):
    """The provider has no share for this key: it was destroyed, or the key store is not the one that made it."""


class ShareUnusable(KeyUnusable, RuntimeError):
    """The provider's store answers, but not with a share that may be used."""


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """Whose data a key seals: a workspace's or a person's."""

    kind: Literal["workspace", "person"]
    id: UUID


class KeyProvider(Protocol):
    """A store, apart from the database, of 32 random bytes for each owner and key version."""

    name: str

    def create(self, owner: KeyOwner, version: int) -> bytes:
        """The new share, kept before it is returned; the one already there if there is one."""

    def fetch(self, owner: KeyOwner, version: int) -> bytes:
        """The share. Raises ShareMissing or ShareUnusable."""

    def destroy(self, owner: KeyOwner, version: int) -> None:
        """Remove the share for good. Quiet when there is none."""
