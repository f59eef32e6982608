"""What becomes of keys: a newer version, the old ones out of use, and the end of them all.

Each deed holds the owner's keys locked until its transaction ends, a workspace's in its scope. None of them touches a
sealed value; `vault.resealing` does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from vault.envelope import seal
from vault.keyring import (
    KeyDestroyed,
    KeyMissing,
    create_share,
    key_rows,
    open_data_keys,
    provider,
    wrapping_place,
)
from vault.locks import lock_until_commit
from vault.models import KeyFacts, PersonKey, RoutingEntry, WorkspaceKey
from vault.providers.base import KeyOwner
from vault.tenancy import enter_workspace

# So long a database backup may still be restored that was made before its keys were rotated out.
KEPT_FOR_BACKUPS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation seals under: a version just made, or that of a rotation which was not finished."""

    version: int
    is_new: bool


@contextmanager
def owner_scope(owner: KeyOwner) -> Iterator[None]:
    """A transaction in which an owner's keys and values can be reached."""
    with transaction.atomic():
        if owner.kind == "workspace":
            with enter_workspace(owner.id):
                yield
        else:
            yield


def begin_rotation(owner: KeyOwner) -> Rotation:
    """Make a newer version, which every process seals under from its next stay on; or go on with one that is there.

    Raises KeyMissing, KeyDestroyed.
    """
    rows = _lock_living(owner)
    newest = rows[-1].version
    if any(row.retired_at is None for row in rows[:-1]):
        return Rotation(newest, is_new=False)
    row = _new_row(owner)
    row.version, row.epoch = newest + 1, _next_epoch(rows)
    create_share(owner, row)
    row.save(force_insert=True)
    return Rotation(row.version, is_new=True)


def is_rotating(owner: KeyOwner) -> bool:
    """Whether an older version than the newest is still in use."""
    return any(row.retired_at is None for row in key_rows(owner)[:-1])


def retire_old_versions(owner: KeyOwner) -> list[int]:
    """Put every version but the newest out of use; the versions that were still in it.

    Their keys are kept under the newest for the record, their shares in the database are erased, and with that the
    provider's are worth nothing but with an older backup of the database. Raises KeyMissing, KeyDestroyed, KeyMismatch.
    """
    rows = _lock_living(owner)
    data_keys = open_data_keys(owner, rows)
    newest, epoch, now = rows[-1].version, _next_epoch(rows), timezone.now()
    cipher = AESGCM(data_keys[newest])
    left = [row.version for row in rows[:-1] if row.retired_at is None]
    for row in rows[:-1]:
        row.wrapped = seal(cipher, newest, wrapping_place(owner, row), data_keys[row.version])
        row.share, row.retired_at, row.epoch = b"", row.retired_at or now, epoch
        row.save(update_fields=["wrapped", "share", "retired_at", "epoch"])
    return left


def forget_old_shares(owner: KeyOwner) -> None:
    """Remove the provider's shares of an owner's versions out of use, without waiting. Quiet when they are gone."""
    for row in key_rows(owner):
        if row.retired_at is not None:
            provider().destroy(owner, row.version)


def forget_shares(*, retired_before: datetime) -> None:
    """Remove the provider's shares of all destroyed keys and of all versions out of use since then."""
    out_of_use = Q(retired_at__lte=retired_before) | Q(destroyed_at__isnull=False)
    workspaces = WorkspaceKey.objects.using("scheduler").filter(out_of_use).values_list("workspace_id", "version")
    for workspace_id, version in workspaces:
        provider().destroy(KeyOwner("workspace", workspace_id), version)
    for person_id, version in PersonKey.objects.filter(out_of_use).values_list("person_id", "version"):
        provider().destroy(KeyOwner("person", person_id), version)


def destroy_keys(owner: KeyOwner) -> bool:
    """Destroy all versions of an owner's key, once this transaction is committed; False when they were before.

    Nothing that was sealed under them opens again, in any backup of the database. What is still in a provider's store
    after a crash is removed by `forget_shares`, or by doing it again. Raises KeyMissing.
    """
    rows = _lock_rows(owner)
    transaction.on_commit(partial(_remove_shares, owner, [row.version for row in rows]))
    if all(row.destroyed_at is not None for row in rows):
        return False
    epoch, now = _next_epoch(rows), timezone.now()
    for row in rows:
        row.share, row.wrapped, row.destroyed_at, row.epoch = b"", None, now, epoch
        row.save(update_fields=["share", "wrapped", "destroyed_at", "epoch"])
    if owner.kind == "workspace":
        # Providers and visitors who knock find nobody here.
        RoutingEntry.objects.filter(workspace_id=owner.id).delete()
    return True


def _lock_living(owner: KeyOwner) -> list[KeyFacts]:
    rows = _lock_rows(owner)
    destroyed = [row.destroyed_at for row in rows if row.destroyed_at is not None]
    if destroyed:
        raise KeyDestroyed(owner, max(destroyed))
    return rows


def _lock_rows(owner: KeyOwner) -> list[KeyFacts]:
    # Not a lock on the rows: whoever had waited for one would not see the row that was added meanwhile.
    lock_until_commit(f"keys:{owner.kind}:{owner.id}")
    rows = key_rows(owner)
    if not rows:
        raise KeyMissing(f"The {owner.kind} {owner.id} has no data key")
    return rows


def _new_row(owner: KeyOwner) -> KeyFacts:
    return WorkspaceKey(workspace_id=owner.id) if owner.kind == "workspace" else PersonKey(person_id=owner.id)


def _next_epoch(rows: list[KeyFacts]) -> int:
    return max(row.epoch for row in rows) + 1


def _remove_shares(owner: KeyOwner, versions: list[int]) -> None:
    for version in versions:
        provider().destroy(owner, version)
