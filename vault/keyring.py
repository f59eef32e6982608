"""Creating and opening data keys, and sealing with them.

Opened keys are kept by owner and epoch. The epoch is read once in every stay in a workspace, so a rotated or destroyed
key is out of use with the next request everywhere, and a page of fifty rows opens a key at most once.
"""

import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from vault.derivation import commit, derive_data_key
from vault.envelope import Place, SealBroken, key_version_of, open_sealed, seal
from vault.models import KeyFacts, PersonKey, WorkspaceKey
from vault.providers.base import SHARE_BYTES, KeyOwner, KeyProvider
from vault.providers.keyfile import KeyFileProvider
from vault.tenancy import current_scope

CACHED_KEYRINGS = 1_000
FIRST = 1


class KeyMissing(LookupError):
    """The owner has no data key yet, so nothing can be sealed for them."""


class KeyDestroyed(LookupError):
    """The owner's data key was destroyed, and with it what it sealed."""


class KeyMismatch(RuntimeError):
    """The shares found do not make the key that was committed to: another key store, or one share was replaced."""


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """An owner's opened data keys by version; new values are sealed under the newest."""

    owner: KeyOwner
    epoch: int
    commitments: tuple[bytes, ...]
    ciphers: dict[int, AESGCM]

    def seal(self, label: str, row: UUID, plaintext: bytes, version: int | None = None) -> bytes:
        """Seal for the field `label` of `row`; `version` binds a blob's version too."""
        newest = max(self.ciphers)
        return seal(self.ciphers[newest], newest, self._place(label, row, version), plaintext)

    def open(self, label: str, row: UUID, sealed: bytes, version: int | None = None) -> bytes:
        """What was sealed for this very place. Raises SealBroken."""
        place = self._place(label, row, version)
        cipher = self.ciphers.get(key_version_of(sealed, place))
        if cipher is None:
            raise SealBroken(place, "sealed under a key version that does not exist")
        return open_sealed(cipher, place, sealed)

    def _place(self, label: str, row: UUID, version: int | None) -> Place:
        return Place(self.owner.id, label, row, version)


_opened: OrderedDict[KeyOwner, Keyring] = OrderedDict()


@cache
def provider() -> KeyProvider:
    """The key provider that this installation is configured with."""
    return KeyFileProvider(Path(settings.KEY_DIR))


def create_workspace_key() -> None:
    """Make the first data key of the workspace in scope. Quiet when it has one."""
    workspace_id = current_scope().workspace_id
    existing = WorkspaceKey.objects.filter(workspace_id=workspace_id)
    _create_first(KeyOwner("workspace", workspace_id), WorkspaceKey(workspace_id=workspace_id), existing)


def create_person_key(person_id: UUID) -> None:
    """Make a person's first data key. Quiet when they have one."""
    existing = PersonKey.objects.filter(person_id=person_id)
    _create_first(KeyOwner("person", person_id), PersonKey(person_id=person_id), existing)


def workspace_keyring() -> Keyring:
    """The keys of the workspace in scope, read once a stay. Raises NoScope, KeyMissing, KeyDestroyed, KeyMismatch."""
    scope = current_scope()
    keyring = scope.memo.get("keyring")
    if not isinstance(keyring, Keyring):
        rows = list(WorkspaceKey.objects.filter(workspace_id=scope.workspace_id).order_by("version"))
        keyring = scope.memo["keyring"] = _load(KeyOwner("workspace", scope.workspace_id), rows)
    return keyring


def person_keyring(person_id: UUID) -> Keyring:
    """A person's keys. Raises KeyMissing, KeyDestroyed, KeyMismatch."""
    return _load(KeyOwner("person", person_id), list(PersonKey.objects.filter(person_id=person_id).order_by("version")))


def every_workspace_id() -> list[UUID]:
    """The ids of all workspaces, the site's own among them: for commands and beat, asked as the scheduler."""
    return list(WorkspaceKey.objects.using("scheduler").values_list("workspace_id", flat=True).distinct())


def _create_first(owner: KeyOwner, row: KeyFacts, existing: models.QuerySet[Any]) -> None:
    # Also a destroyed key counts: a share that went missing must be missed, not replaced by another.
    if existing.exists():
        return
    # The provider's share is kept first: a share without a row is harmless, a row without a share is a lost key.
    provider_share = provider().create(owner, FIRST)
    database_share = secrets.token_bytes(SHARE_BYTES)
    data_key = derive_data_key(database_share, provider_share, owner, FIRST)
    row.version, row.epoch, row.provider = FIRST, FIRST, provider().name
    row.share, row.commitment = database_share, commit(data_key, owner, FIRST)
    type(row)._default_manager.bulk_create([row], ignore_conflicts=True)


def _load(owner: KeyOwner, rows: list[WorkspaceKey] | list[PersonKey]) -> Keyring:
    if not rows:
        raise KeyMissing(f"The {owner.kind} {owner.id} has no data key")
    epoch = max(row.epoch for row in rows)
    # The commitments too: a key that was made in a transaction that did not last has the epoch of the one after it.
    commitments = tuple(bytes(row.commitment) for row in rows)
    known = _opened.get(owner)
    if known is not None and (known.epoch, known.commitments) == (epoch, commitments):
        _opened.move_to_end(owner)
        return known
    alive = [row for row in rows if row.destroyed_at is None]
    if not alive:
        _opened.pop(owner, None)
        raise KeyDestroyed(f"The data key of the {owner.kind} {owner.id} was destroyed")
    keyring = Keyring(owner, epoch, commitments, {row.version: _unwrap(owner, row) for row in alive})
    _opened[owner] = keyring
    if len(_opened) > CACHED_KEYRINGS:
        _opened.popitem(last=False)
    return keyring


def _unwrap(owner: KeyOwner, row: KeyFacts) -> AESGCM:
    data_key = derive_data_key(bytes(row.share), provider().fetch(owner, row.version), owner, row.version)
    if not hmac.compare_digest(commit(data_key, owner, row.version), bytes(row.commitment)):
        raise KeyMismatch(f"The shares of the {owner.kind} {owner.id} do not make its data key")
    return AESGCM(data_key)
