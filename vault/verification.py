"""What the keys of an owner are and what is sealed under each, told from the values' own headers: nothing is opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from vault.envelope import SealBroken
from vault.keyring import KeyMismatch, key_rows, keyring_of, provider
from vault.lifecycle import owner_scope
from vault.models import KeyFacts
from vault.providers.base import KeyOwner, ShareMissing, ShareUnusable
from vault.resealing import ColumnVersions, count_versions


@dataclass(frozen=True, slots=True)
class KeyVersion:
    """One version of a key. `since` is when it came into this state, UTC."""

    number: int
    state: Literal["in use", "being rotated out", "kept for the record", "destroyed"]
    since: datetime


@dataclass(frozen=True, slots=True)
class KeyReport:
    """An owner's key versions, what is sealed under them, and everything that is not as it should be, as sentences."""

    versions: tuple[KeyVersion, ...]
    columns: tuple[ColumnVersions, ...]
    problems: tuple[str, ...]


def report_keys(owner: KeyOwner) -> KeyReport:
    """Look at an owner's keys and at the header of every value sealed under them."""
    with owner_scope(owner):
        rows = key_rows(owner)
        columns = tuple(count_versions(owner))
        problems = (*_problems_of_keys(owner, rows), *_problems_of_values(rows, columns))
    newest = rows[-1].version if rows else 0
    return KeyReport(tuple(_version(row, newest) for row in rows), columns, problems)


def _version(row: KeyFacts, newest: int) -> KeyVersion:
    if row.destroyed_at is not None:
        return KeyVersion(row.version, "destroyed", row.destroyed_at)
    if row.retired_at is not None:
        return KeyVersion(row.version, "kept for the record", row.retired_at)
    return KeyVersion(row.version, "in use" if row.version == newest else "being rotated out", row.created_at)


def _problems_of_keys(owner: KeyOwner, rows: list[KeyFacts]) -> Iterator[str]:
    if not rows:
        yield "there is no key"
    elif any(row.destroyed_at is not None for row in rows):
        for row in rows:
            if _has_share(owner, row.version):
                yield f"version {row.version} was destroyed and its share is still in the key store: destroy it again"
    else:
        try:
            keyring_of(owner)
        except (KeyMismatch, ShareMissing, ShareUnusable, SealBroken) as reason:
            yield str(reason)


def _problems_of_values(rows: list[KeyFacts], columns: tuple[ColumnVersions, ...]) -> Iterator[str]:
    known = {row.version for row in rows}
    newest = max(known, default=0)
    is_destroyed = any(row.destroyed_at is not None for row in rows)
    for column in columns:
        name = f"{column.table}.{column.column}"
        for version, count in sorted(column.counts.items()):
            if version not in known:
                yield f"{count} in {name} name version {version}, which does not exist"
            elif version != newest and not column.is_hashed and not is_destroyed:
                yield f"{count} in {name} are still sealed under version {version}"


def _has_share(owner: KeyOwner, version: int) -> bool:
    try:
        provider().fetch(owner, version)
    except ShareMissing:
        return False
    except ShareUnusable:
        return True
    return True
