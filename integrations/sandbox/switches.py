"""What goes wrong on demand: switches that are set from outside, count what they see, and turn themselves off.

They are kept in the sandbox's file, so every process of it and a restart know them.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import msgspec

from integrations.sandbox.store import Store

# Of a call: instead of its answer; after the bank has done what was asked; or to the item that the call is about.
INSTEAD = ("rate_limited", "server_error", "html", "oversized")
SPOILED = ("truncated", "cut", "stalled")
ITEM = ("mutation", "login_required", "revoked")
# Of a webhook on its way.
DELIVERY = ("duplicated", "reordered", "skewed")

# Of a call to Zoho: instead of its answer; of the accounts server; or to the grant or organisation that it is about.
REFUSED = ("rate_44", "quota_45", "busy_1070", "scope_missing", "token_rejected", "rejected")
DENIED = ("denied",)
GRANT = ("revoked_grant",)
FOREIGN = ("wrong_organization",)

# Of an event of Stripe's on its way: not at all, as versions before basil had it, and while its secret is changed.
EVENT = ("dropped", "old_shape", "two_signatures")
# Of all events that are due: sent in the opposite order.
SHUFFLE = ("shuffled",)
# Of a call to Stripe: somebody else has the object just now; too many calls.
CONFLICT = ("lock_timeout", "rate_limited")

# Longer than the product waits for a byte; later than the next webhook; older than a signature may be.
SECONDS = {"rate_limited": 20.0, "stalled": 60.0, "reordered": 5.0, "skewed": -600.0}
FOR_EVER = 1_000_000_000


class NewSwitch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`path` is one address of the API, empty for all. The first `after` calls pass, then `times` go wrong, 0: all.

    `seconds`: to wait (rate_limited), of silence (stalled), of delay (reordered), by which the clock is off (skewed).
    """

    kind: str
    path: str = ""
    after: int = 0
    times: int = 1
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in (
            *INSTEAD,
            *SPOILED,
            *ITEM,
            *DELIVERY,
            *REFUSED,
            *DENIED,
            *GRANT,
            *FOREIGN,
            *EVENT,
            *SHUFFLE,
            *CONFLICT,
        ):
            raise ValueError("there is no such kind")
        if self.after < 0 or self.times < 0:
            raise ValueError("after and times are counts")


class HasStore(Protocol):
    """Any part of the sandbox."""

    @property
    def store(self) -> Store: ...


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch as it stands: how many calls it has seen, and how many of them went wrong by it."""

    id: int
    kind: str
    path: str
    after: int
    times: int
    seconds: float
    seen: int
    served: int


def set_switch(world: HasStore, given: NewSwitch) -> Switch:
    seconds = SECONDS.get(given.kind, 0.0) if given.seconds is None else given.seconds
    with world.store.writing():
        world.store.run(
            "INSERT INTO switch (kind, path, after, times, seconds) VALUES (?, ?, ?, ?, ?)",
            *(given.kind, given.path, given.after, given.times or FOR_EVER, seconds),
        )
        return list_switches(world)[-1]


def list_switches(world: HasStore) -> list[Switch]:
    """All that were set, spent ones too, in the order of setting."""
    return [_switch(row) for row in world.store.all("SELECT * FROM switch ORDER BY id")]


def clear_switches(world: HasStore) -> None:
    world.store.run("DELETE FROM switch")


def take_switch(world: HasStore, path: str, kinds: Collection[str]) -> Switch | None:
    """The switch by which this call or delivery goes wrong, counted; None for one that is to go well."""
    marks = ", ".join("?" * len(kinds))
    open_ones = f"SELECT * FROM switch WHERE served < times AND path IN ('', ?) AND kind IN ({marks}) ORDER BY id"  # noqa: S608 - marks alone
    if world.store.one(open_ones, path, *kinds) is None:
        return None
    with world.store.writing():
        for row in world.store.all(open_ones, path, *kinds):
            world.store.run("UPDATE switch SET seen = seen + 1 WHERE id = ?", row["id"])
            if row["seen"] >= row["after"]:
                world.store.run("UPDATE switch SET served = served + 1 WHERE id = ?", row["id"])
                return _switch(row)
    return None


def _switch(row: sqlite3.Row) -> Switch:
    return Switch(**{name: row[name] for name in row.keys()})  # noqa: SIM118  a Row iterates over its values
