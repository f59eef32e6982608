"""/transactions/sync: pages of an item's event log.

A cursor is a position in the log, bound to the item. Between two pages of one update it also holds where the log ended
when the update began: if that has moved, the update must be started again.
"""

import base64
import hashlib
import hmac
import sqlite3
import struct
from dataclasses import dataclass

from integrations.sandbox.plaid.faults import Fault
from integrations.sandbox.plaid.items import Item
from integrations.sandbox.plaid.log import catch_up, decode_row
from integrations.sandbox.plaid.wire import account_dicts, account_id, transaction_dict, transaction_id
from integrations.sandbox.plaid.world import World

LARGEST_COUNT = 500
STATUSES = {"recent": "INITIAL_UPDATE_COMPLETE", "complete": "HISTORICAL_UPDATE_COMPLETE"}
NUMBERS = struct.Struct(">QQ")
EMPTY: dict[str, object] = {
    **{name: [] for name in ("accounts", "added", "modified", "removed")},
    "next_cursor": "",
    "has_more": False,
    "transactions_update_status": "NOT_READY",
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """`end` is zero for the cursor that ends an update."""

    position: int
    end: int


def sync(world: World, found: Item, given: str, count: int, *, with_text: bool) -> dict[str, object]:
    """One page as Plaid's TransactionsSyncResponse, without its request_id."""
    if not 1 <= count <= LARGEST_COUNT:
        raise Fault("INVALID_FIELD")
    count = min(count, world.settings.largest_page)
    cursor = _read(found.id, given) if given else Cursor(0, 0)
    item = catch_up(world, found.id)
    if not item.is_synced:
        world.store.run("UPDATE item SET is_synced = 1 WHERE id = ?", item.id)
    if item.phase == "waiting":
        return EMPTY
    end = _end(world, item.id)
    if cursor.end not in (0, end) and world.settings.strict_pages:
        raise Fault("TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION")
    events = world.store.all(
        "SELECT seq, kind, account, body FROM event WHERE item_id = ? AND seq > ? ORDER BY seq LIMIT ?",
        *(item.id, cursor.position, count + 1),
    )
    has_more, events = len(events) > count, events[:count]
    position = events[-1]["seq"] if events else cursor.position
    return {
        **EMPTY,
        "accounts": account_dicts(world, item.id, only={event["account"] for event in events}),
        **_changes(item.id, events, with_text=with_text),
        "next_cursor": _write(item.id, Cursor(position, end if has_more else 0)),
        "has_more": has_more,
        "transactions_update_status": STATUSES[item.phase],
    }


def _changes(item_id: str, events: list[sqlite3.Row], *, with_text: bool) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {"added": [], "modified": [], "removed": []}
    for event in events:
        row = decode_row(event["body"])
        if event["kind"] == "removed":
            ids = {"transaction_id": transaction_id(item_id, row.key), "account_id": account_id(item_id, row.account)}
            found["removed"].append(ids)
        else:
            found[event["kind"]].append(transaction_dict(item_id, row, with_text=with_text))
    return found


def _end(world: World, item_id: str) -> int:
    row = world.store.one("SELECT max(seq) AS seq FROM event WHERE item_id = ?", item_id)
    return (row["seq"] if row else None) or 0


def _write(item_id: str, cursor: Cursor) -> str:
    numbers = NUMBERS.pack(cursor.position, cursor.end)
    return base64.b64encode(numbers + _tag(item_id, numbers)).decode()


def _read(item_id: str, given: str) -> Cursor:
    try:
        decoded = base64.b64decode(given, validate=True)
    except ValueError:
        raise Fault("INVALID_FIELD") from None
    numbers, tag = decoded[: NUMBERS.size], decoded[NUMBERS.size :]
    if not hmac.compare_digest(tag, _tag(item_id, numbers)):
        raise Fault("INVALID_FIELD")
    return Cursor(*NUMBERS.unpack(numbers))


def _tag(item_id: str, numbers: bytes) -> bytes:
    return hmac.digest(item_id.encode(), numbers, hashlib.sha256)[:16]
