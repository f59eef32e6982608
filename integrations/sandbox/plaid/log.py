"""An item's event log: filled when its data is ready, then extended by each new day. Nothing in it ever changes."""

from collections.abc import Collection, Iterable
from datetime import timedelta

import msgspec

from integrations.sandbox.bank import Change, Row
from integrations.sandbox.plaid.hooks import announce_history, announce_updates
from integrations.sandbox.plaid.items import Item, add_accounts, load_item, shared_accounts
from integrations.sandbox.plaid.world import World

RECENT_DAYS = 30

encode_row = msgspec.json.Encoder().encode
decode_row = msgspec.json.Decoder(Row).decode


def catch_up(world: World, item_id: str) -> Item:
    """Writes what has become known since the log was last looked at, and announces it. Returns the item as it is now."""
    with world.store.writing():
        item = load_item(world, item_id)
        if _fill(world, item):
            item = load_item(world, item_id)
        if item.phase != "waiting" and _extend(world, item):
            announce_updates(world, item)
        return load_item(world, item_id)


def append(world: World, item: Item, changes: Iterable[Change], *, moves_balance: bool) -> int:
    """Appends changes of the item's own accounts; returns how many. Posted rows move the balance if they are news."""
    keys = shared_accounts(world, item.id)
    kept = [change for change in changes if change.row.account in keys]
    world.store.run_many(
        "INSERT INTO event (item_id, kind, row_key, account, minor, pending, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (item.id, one.kind, one.row.key, one.row.account, one.row.minor, one.row.pending, encode_row(one.row))
            for one in kept
        ],
    )
    if moves_balance:
        world.store.run_many(
            "UPDATE account SET current_minor = current_minor + ? WHERE item_id = ? AND key = ?",
            [(c.row.minor, item.id, c.row.account) for c in kept if c.kind == "added" and not c.row.pending],
        )
    return len(kept)


def share_accounts(world: World, item_id: str, account_keys: Collection[str]) -> None:
    """Lets the item see more accounts of its bank, with as much of their history as it has of the others."""
    item = catch_up(world, item_id)
    bank = world.banks[item.institution_id]
    new = {spec.key for spec in bank.accounts} & set(account_keys) - shared_accounts(world, item_id)
    if not new:
        return
    add_accounts(world, bank, item_id, sorted(new), item.logged_to)
    if item.phase == "waiting":
        return
    oldest = item.oldest if item.phase == "complete" else item.opened_on - timedelta(days=RECENT_DAYS - 1)
    rows = (row for row in bank.rows(item.logged_to) if row.account in new and row.date >= oldest)
    append(world, item, (Change("added", row) for row in rows), moves_balance=False)
    announce_updates(world, item)


def _fill(world: World, item: Item) -> bool:
    """The history: its last thirty days first, the rest when it is ready too, both as they stood on the item's day."""
    now = world.now()
    if item.phase == "complete" or now < (item.ready_at if item.phase == "waiting" else item.complete_at):
        return False
    bank = world.banks[item.institution_id]
    split = item.opened_on - timedelta(days=RECENT_DAYS)
    rows = (row for row in bank.rows(item.opened_on) if row.date >= item.oldest)
    is_whole = now >= item.complete_at
    if item.phase == "recent":
        rows = (row for row in rows if row.date <= split)
    elif not is_whole:
        rows = (row for row in rows if row.date > split)
    count = append(world, item, (Change("added", row) for row in rows), moves_balance=False)
    phase = "complete" if is_whole else "recent"
    world.store.run("UPDATE item SET phase = ? WHERE id = ?", phase, item.id)
    announce_history(world, item, was=item.phase, phase=phase, count=count)
    return True


def _extend(world: World, item: Item) -> int:
    bank, today, count = world.banks[item.institution_id], world.settings.today(), 0
    day = item.logged_to
    while day < today:
        day += timedelta(days=1)
        count += append(world, item, bank.changes(day), moves_balance=True)
    if day != item.logged_to:
        world.store.run("UPDATE item SET logged_to = ? WHERE id = ?", day.isoformat(), item.id)
    return count
