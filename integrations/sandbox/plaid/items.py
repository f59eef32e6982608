"""Items: one login at one bank, with the accounts that were chosen, and its tokens."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from integrations.sandbox.bank import AccountSpec, Bank
from integrations.sandbox.plaid.faults import Fault
from integrations.sandbox.plaid.ids import derive_id, new_id, new_token
from integrations.sandbox.plaid.world import World

PUBLIC_TOKEN_SECONDS = 1800
DAYS_LIMIT = 730


@dataclass(frozen=True, slots=True)
class Item:
    """`phase` says how much of its history is in the log: waiting, recent or complete; `logged_to` is the last day."""

    id: str
    institution_id: str
    webhook: str | None
    history_days: int
    created_at: float
    ready_at: float
    complete_at: float
    opened_on: date
    phase: str
    logged_to: date
    error_code: str | None
    is_removed: bool
    is_synced: bool
    last_webhook: str | None
    last_webhook_at: float | None
    access_token: str | None = field(repr=False, default=None)

    @property
    def oldest(self) -> date:
        """The first day of its history."""
        return self.opened_on - timedelta(days=self.history_days)


def create_item(
    world: World, bank: Bank, account_keys: Sequence[str], *, webhook: str | None, days_requested: int
) -> tuple[str, str]:
    """A new item with those of the bank's accounts; returns its id and a public token."""
    now, today = world.now(), world.settings.today()
    item_id, public_token = new_id(), new_token("public")
    days = bank.history_days or min(days_requested, DAYS_LIMIT)
    wait = world.settings.ready_seconds
    with world.store.writing():
        world.store.run(
            "INSERT INTO item (id, institution_id, webhook, history_days, created_at, ready_at, complete_at, opened_on,"
            " logged_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(item_id, bank.id, webhook, days, now, now + wait, now + 2 * wait, today.isoformat(), today.isoformat()),
        )
        add_accounts(world, bank, item_id, account_keys, today)
        world.store.run(
            "INSERT INTO public_token VALUES (?, ?, ?, NULL)", public_token, item_id, now + PUBLIC_TOKEN_SECONDS
        )
    return item_id, public_token


def add_accounts(world: World, bank: Bank, item_id: str, account_keys: Sequence[str], day: date) -> None:
    """Lets the item see those of the bank's accounts, with their balances at the end of `day`."""
    balances = bank.balances(day)
    accounts = [
        (
            item_id,
            spec.key,
            derive_id(item_id, "account", spec.key),
            position,
            json.dumps(asdict(spec)),
            balances[spec.key],
        )
        for position, spec in enumerate(bank.accounts)
        if spec.key in set(account_keys)
    ]
    world.store.run_many("INSERT INTO account VALUES (?, ?, ?, ?, ?, ?)", accounts)


def shared_accounts(world: World, item_id: str) -> set[str]:
    """The keys of the accounts that the item sees."""
    return {row["key"] for row in world.store.all("SELECT key FROM account WHERE item_id = ?", item_id)}


def exchange(world: World, public_token: str) -> tuple[str, str]:
    """Uses up a public token; returns the item's id and access token."""
    now = world.now()
    with world.store.writing():
        used = world.store.run(
            "UPDATE public_token SET used_at = ? WHERE token = ? AND used_at IS NULL AND expires_at > ?",
            *(now, public_token, now),
        )
        row = world.store.one("SELECT item_id FROM public_token WHERE token = ?", public_token)
        if not used or row is None:
            raise Fault("INVALID_PUBLIC_TOKEN")
        access_token = new_token("access")
        world.store.run("UPDATE item SET access_token = ? WHERE id = ?", access_token, row["item_id"])
    return row["item_id"], access_token


def find_item(world: World, access_token: str) -> Item:
    """The item of a token, also one that asks for a new login."""
    row = world.store.one("SELECT * FROM item WHERE access_token = ?", access_token)
    if row is None:
        raise Fault("INVALID_ACCESS_TOKEN")
    item = _item(row)
    if item.is_removed:
        raise Fault("ITEM_NOT_FOUND")
    if item.institution_id not in world.banks:
        raise Fault("INSTITUTION_NO_LONGER_SUPPORTED")
    return item


def find_working_item(world: World, access_token: str) -> Item:
    """The item of a token, if its data may be read."""
    item = find_item(world, access_token)
    if item.error_code is not None:
        raise Fault(item.error_code)
    return item


def load_item(world: World, item_id: str) -> Item:
    row = world.store.one("SELECT * FROM item WHERE id = ?", item_id)
    if row is None:
        raise LookupError(item_id)
    return _item(row)


def rotate_access_token(world: World, item: Item) -> str:
    access_token = new_token("access")
    world.store.run("UPDATE item SET access_token = ? WHERE id = ?", access_token, item.id)
    return access_token


def remove_item(world: World, item: Item) -> None:
    world.store.run("UPDATE item SET is_removed = 1 WHERE id = ?", item.id)


def set_error(world: World, item_id: str, code: str | None) -> None:
    world.store.run("UPDATE item SET error_code = ? WHERE id = ?", code, item_id)


def set_webhook(world: World, item: Item, webhook: str | None) -> None:
    world.store.run("UPDATE item SET webhook = ? WHERE id = ?", webhook, item.id)


def account_spec(row: sqlite3.Row) -> AccountSpec:
    return AccountSpec(**json.loads(row["spec"]))


def _item(row: sqlite3.Row) -> Item:
    values = {name: row[name] for name in row.keys()}  # noqa: SIM118  a Row iterates over its values
    for name in ("opened_on", "logged_to"):
        values[name] = date.fromisoformat(values[name])
    for name in ("is_removed", "is_synced"):
        values[name] = bool(values[name])
    return Item(**values)
