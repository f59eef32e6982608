"""Rotating a key while everybody works: begin, seal everything anew, and put the old versions out of use.

Nothing is remembered between runs but the keys and the values themselves, so a run may be killed at any moment and the
next one goes on. Old values can come back only from a transaction that read them before; so each round first waits until
those that are open have ended, and the rotation is over when a round finds nothing left.
"""

import time
from dataclasses import dataclass
from typing import Protocol

from accounts.actions import begin_key_rotation, finish_key_rotation
from audit.log import Actor
from vault.providers.base import KeyOwner
from vault.resealing import Measure, measure, reseal
from vault.sealed_tables import SealedTable, sealed_tables
from vault.waiting import wait_for_open_transactions

ROWS_AT_ONCE = 500
MOST_ROUNDS = 20
PATIENCE_SECONDS = 600.0


class Watcher(Protocol):
    """Who is told how far a rotation is."""

    def on_begin(self, owner: KeyOwner, version: int, *, is_new: bool) -> None:
        """Values are being sealed under this version now."""

    def on_rows(self, table: str, done: int, rows: int) -> None:
        """Of a table's rows with sealed values, so many are sealed under the newest version."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is done in one transaction, and how long is paused after it, in seconds."""

    rows_at_once: int = ROWS_AT_ONCE
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did. With `broken` values, named by their places, the old versions stay in use."""

    version: int
    rows: int
    seconds: float
    broken: tuple[str, ...]


def rotate_key(*, actor: Actor, owner: KeyOwner, watcher: Watcher, pace: Pace) -> Rotated:
    """Seal all that is an owner's under a newer version of their key. Ask for it outside a transaction.

    Raises KeyDestroyed, KeyMissing, StillOpen, OldValuesLeft.
    """
    started = time.monotonic()
    rotation = begin_key_rotation(actor=actor, owner=owner)
    watcher.on_begin(owner, rotation.version, is_new=rotation.is_new)
    rows, broken = 0, tuple[str, ...]()
    for _ in range(MOST_ROUNDS):
        wait_for_open_transactions(seconds=PATIENCE_SECONDS)
        found = [(table, measure(owner, table)) for table in sealed_tables(owner.kind)]
        if sum(measured.old for _, measured in found) == len(broken):
            break
        done = [_reseal(owner, table, measured, watcher, pace) for table, measured in found if measured.old]
        rows += sum(count for count, _ in done)
        broken = tuple(place for _, places in done for place in places)
    if not broken:
        finish_key_rotation(actor=actor, owner=owner)
    return Rotated(rotation.version, rows, time.monotonic() - started, broken)


def _reseal(
    owner: KeyOwner, table: SealedTable, measured: Measure, watcher: Watcher, pace: Pace
) -> tuple[int, list[str]]:
    done, broken = 0, list[str]()
    watcher.on_rows(table.name, measured.rows - measured.old, measured.rows)
    for batch in reseal(owner, table, rows_at_once=measured.rows_at_once(pace.rows_at_once)):
        done += batch.rows
        broken += batch.broken
        watcher.on_rows(table.name, measured.rows - measured.old + done, measured.rows)
        time.sleep(pace.pause)
    return done, broken
