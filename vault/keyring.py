"""Creating and opening data keys, and sealing with them.

Opened keys are kept by owner and epoch. The epoch is read once in every stay in a workspace, so a rotated or destroyed
key is out of use with the next request everywhere, and a page of fifty rows opens a key at most once.

The newest version is derived from its two shares, and so is one that is being rotated out. One that was rotated out is
opened with a newer one, under which it is wrapped.
"""

import hmac
import secrets
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, models

from vault.derivation import commit, derive_data_key
from vault.envelope import UNOPENED, Place, SealBroken, key_version_of, open_sealed, rows_opener, seal
from vault.models import KeyFacts, PersonKey, WorkspaceKey
from vault.providers.base import SHARE_BYTES, KeyOwner, KeyProvider, KeyUnusable
from vault.providers.keyfile import KeyFileProvider
from vault.tenancy import current_scope, scope_if_any

CACHED_KEYRINGS = 1_000
FIRST = 1
WRAPPED_KEY = "vault.data_key"
PREPARED = "keys of people"
KEYS_NOW = "SELECT max(epoch), array_agg(commitment ORDER BY version) FROM vault_workspacekey WHERE workspace_id = %s"
STILL = {
    "workspace": (
        "(SELECT max(epoch) = %s AND array_agg(commitment ORDER BY version) = %s::bytea[] "
        "FROM vault_workspacekey WHERE workspace_id = %s)"
    ),
    "person": (
        "(SELECT max(epoch) = %s AND array_agg(commitment ORDER BY version) = %s::bytea[] "
        "FROM vault_personkey WHERE person_id = %s)"
    ),
}


class KeyMissing(LookupError):
    """The owner has no data key yet, so nothing can be sealed for them."""


class KeyDestroyed(LookupError):
    """The owner's data key was destroyed, and with it what it sealed. `destroyed_at` is UTC."""

    def __init__(self, owner: KeyOwner, destroyed_at: datetime) -> None:
        self.owner, self.destroyed_at = owner, destroyed_at
        super().__init__(f"The data key of the {owner.kind} {owner.id} was destroyed")


class KeyMismatch(KeyUnusable, RuntimeError):
    """The shares found do not make the key that was committed to: another key store, or one share was replaced."""


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """An owner's opened data keys by version; new values are sealed under the newest."""

    owner: KeyOwner
    epoch: int
    commitments: tuple[bytes, ...]
    newest: int
    ciphers: dict[int, AESGCM]

    def seal(self, label: str, row: UUID, plaintext: bytes, version: int | None = None) -> bytes:
        """Seal for the field `label` of `row`; `version` binds a blob's version too."""
        return seal(self.ciphers[self.newest], self.newest, self.place(label, row, version), plaintext)

    def open(self, label: str, row: UUID, sealed: bytes, version: int | None = None) -> bytes:
        """What was sealed for this very place. Raises SealBroken."""
        return self.open_at(self.place(label, row, version), sealed)

    def open_at(self, place: Place, sealed: bytes) -> bytes:
        """The same for a place of `place`."""
        cipher = self.ciphers.get(key_version_of(sealed, place))
        if cipher is None:
            raise SealBroken(place, "sealed under a key version that does not exist")
        return open_sealed(cipher, place, sealed)

    def open_rows(self, label: str, rows: Iterable[tuple[UUID, bytes | None]]) -> Iterator[bytes | None]:
        """What was sealed for the field `label` of many rows, None where there is nothing. Raises SealBroken."""
        open_row = rows_opener(self.ciphers, self.owner.id, label)
        for row, sealed in rows:
            try:
                yield None if sealed is None else open_row(row, sealed)
            except UNOPENED:
                yield self.open(label, row, sealed or b"")

    def place(self, label: str, row: UUID, version: int | None = None) -> Place:
        """Where a value of this owner belongs."""
        return Place(self.owner.id, label, row, version)


@dataclass(frozen=True, slots=True, repr=False)
class AssumedKeys:
    """Keyrings that may have been rotated or destroyed meanwhile. Where `condition`, in SQL with its `parameters`, holds,
    they were not.
    """

    workspace: Keyring
    person: Keyring | None
    condition: str
    parameters: list[Any]

    def confirm(self) -> None:
        """The condition has held: for this stay they are what they were."""
        for keyring in (self.workspace, self.person):
            if keyring is not None:
                current_scope().memo[keyring.owner] = keyring


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
    owner = KeyOwner("workspace", scope.workspace_id)
    keyring = scope.memo.get(owner)
    if not isinstance(keyring, Keyring):
        keyring = scope.memo[owner] = _opened_before(owner) or _load(owner, key_rows(owner))
    return keyring


def person_keyring(person_id: UUID) -> Keyring:
    """A person's keys, inside a scope read once a stay. Raises KeyMissing, KeyDestroyed, KeyMismatch."""
    owner, scope = KeyOwner("person", person_id), scope_if_any()
    if scope is None:
        return _load(owner, key_rows(owner))
    keyring = scope.memo.get(owner)
    if not isinstance(keyring, Keyring):
        rows = scope.memo.get(PREPARED, {}).get(person_id) or key_rows(owner)
        keyring = scope.memo[owner] = _load(owner, rows)
    return keyring


def confirm_keys(epoch: int | None, commitments: Sequence[bytes]) -> None:
    """Tells what the database has said of the keys of the workspace in scope, as it was entered: a keyring that was opened
    before and still is what they are, is so for this stay. Quiet about any other, which is read when it is asked for.
    """
    scope = current_scope()
    owner = KeyOwner("workspace", scope.workspace_id)
    if known := _still_open(owner, epoch, commitments):
        scope.memo[owner] = known


def assume_keys(person_id: UUID | None) -> AssumedKeys | None:
    """The keyrings of the workspace in scope and of a person as they were opened before, for a statement that asks by itself
    whether they still are; None where one of them was not opened in this process.
    """
    scope = current_scope()
    owners = [KeyOwner("workspace", scope.workspace_id)]
    if person_id is not None:
        owners.append(KeyOwner("person", person_id))
    found: list[Keyring | None] = [scope.memo.get(owner) or _opened.get(owner) for owner in owners]
    keyrings = [keyring for keyring in found if keyring is not None]
    if len(keyrings) < len(owners):
        return None
    unseen = [keyring for keyring in keyrings if keyring.owner not in scope.memo]
    return AssumedKeys(
        workspace=keyrings[0],
        person=keyrings[1] if person_id is not None else None,
        condition=" AND ".join(STILL[keyring.owner.kind] for keyring in unseen) or "true",
        parameters=[
            value for keyring in unseen for value in (keyring.epoch, list(keyring.commitments), keyring.owner.id)
        ],
    )


def prepare_person_keys(person_ids: Iterable[UUID]) -> None:
    """Read the keys of many people in one query, for this stay: a page that shows fifty names asks once."""
    rows: dict[UUID, list[KeyFacts]] = defaultdict(list)
    for row in PersonKey.objects.filter(person_id__in=person_ids).order_by("version"):
        rows[row.person_id].append(row)
    current_scope().memo[PREPARED] = dict(rows)


def keyring_of(owner: KeyOwner) -> Keyring:
    """An owner's keys, a workspace's in its scope. Raises NoScope, KeyMissing, KeyDestroyed, KeyMismatch."""
    return workspace_keyring() if owner.kind == "workspace" else person_keyring(owner.id)


def key_rows(owner: KeyOwner) -> list[KeyFacts]:
    """All versions of an owner's key as the database has them, oldest first; a workspace's in its scope."""
    if owner.kind == "workspace":
        return list(WorkspaceKey.objects.filter(workspace_id=owner.id).order_by("version"))
    return list(PersonKey.objects.filter(person_id=owner.id).order_by("version"))


def open_data_keys(owner: KeyOwner, rows: Iterable[KeyFacts]) -> dict[int, bytes]:
    """The 32-byte data keys of these living rows, by version. Raises KeyMismatch, ShareMissing, ShareUnusable."""
    opened: dict[int, bytes] = {}
    for row in sorted(rows, key=attrgetter("version"), reverse=True):
        data_key = _derive(owner, row) if row.wrapped is None else _unwrap(owner, row, opened)
        if not hmac.compare_digest(commit(data_key, owner, row.version), bytes(row.commitment)):
            raise KeyMismatch(f"The shares of the {owner.kind} {owner.id} do not make its data key")
        opened[row.version] = data_key
    return opened


def wrapping_place(owner: KeyOwner, row: KeyFacts) -> Place:
    """Where a wrapped data key belongs: to its row and version, and to nobody else."""
    return Place(owner.id, WRAPPED_KEY, row.pk, row.version)


def every_workspace_id() -> list[UUID]:
    """The ids of all workspaces, the site's own among them: for commands and beat, asked as the scheduler."""
    return list(WorkspaceKey.objects.using("scheduler").values_list("workspace_id", flat=True).distinct())


def destroyed_workspace_ids() -> frozenset[UUID]:
    """The ids of the workspaces whose keys were destroyed: no work is asked for there. Asked as the scheduler."""
    destroyed = WorkspaceKey.objects.using("scheduler").filter(destroyed_at__isnull=False)
    return frozenset(destroyed.values_list("workspace_id", flat=True))


def create_share(owner: KeyOwner, row: KeyFacts) -> None:
    """Fill a new row with the database's share of its version's key; the provider's is made and kept first.

    A share without a row is harmless, a row without a share would be a lost key.
    """
    provider_share = provider().create(owner, row.version)
    row.share, row.provider = secrets.token_bytes(SHARE_BYTES), provider().name
    row.commitment = commit(derive_data_key(row.share, provider_share, owner, row.version), owner, row.version)


def _create_first(owner: KeyOwner, row: KeyFacts, existing: models.QuerySet[Any]) -> None:
    # Also a destroyed key counts: a share that went missing must be missed, not replaced by another.
    if existing.exists():
        return
    row.version = row.epoch = FIRST
    create_share(owner, row)
    type(row)._default_manager.bulk_create([row], ignore_conflicts=True)


def _opened_before(owner: KeyOwner) -> Keyring | None:
    """The keyring in this process's cache if it still is the workspace's: the small query that every page asks."""
    if owner not in _opened:
        return None
    with connection.cursor() as cursor:
        cursor.execute(KEYS_NOW, [owner.id])
        epoch, commitments = cursor.fetchone()
    return _still_open(owner, epoch, commitments or ())


def _still_open(owner: KeyOwner, epoch: int | None, commitments: Sequence[bytes]) -> Keyring | None:
    """The keyring in this process's cache if its keys are those of this epoch and these commitments. The commitments too: a
    key that was made in a transaction that did not last has the epoch of the one after it."""
    known = _opened.get(owner)
    if known is None or (known.epoch, known.commitments) != (epoch, tuple(map(bytes, commitments))):
        return None
    _opened.move_to_end(owner)
    return known


def _load(owner: KeyOwner, rows: list[KeyFacts]) -> Keyring:
    if not rows:
        raise KeyMissing(f"The {owner.kind} {owner.id} has no data key")
    epoch = max(row.epoch for row in rows)
    commitments = tuple(bytes(row.commitment) for row in rows)
    if known := _still_open(owner, epoch, commitments):
        return known
    destroyed = [row.destroyed_at for row in rows if row.destroyed_at is not None]
    if destroyed:
        _opened.pop(owner, None)
        raise KeyDestroyed(owner, max(destroyed))
    data_keys = open_data_keys(owner, rows)
    ciphers = {version: AESGCM(data_key) for version, data_key in data_keys.items()}
    keyring = _opened[owner] = Keyring(owner, epoch, commitments, max(ciphers), ciphers)
    if len(_opened) > CACHED_KEYRINGS:
        _opened.popitem(last=False)
    return keyring


def _derive(owner: KeyOwner, row: KeyFacts) -> bytes:
    return derive_data_key(bytes(row.share), provider().fetch(owner, row.version), owner, row.version)


def _unwrap(owner: KeyOwner, row: KeyFacts, newer: Mapping[int, bytes]) -> bytes:
    place, wrapped = wrapping_place(owner, row), bytes(row.wrapped or b"")
    wrapper = newer.get(key_version_of(wrapped, place))
    if wrapper is None:
        raise KeyMismatch(f"A data key of the {owner.kind} {owner.id} is wrapped under one that is not there")
    return open_sealed(AESGCM(wrapper), place, wrapped)
