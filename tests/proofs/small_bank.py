"""A bank of the sandbox without a history: what happens at it is up to the test, row by row, in its own event log."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from integrations.providers.secret import Secret
from integrations.sandbox.application import build_application
from integrations.sandbox.bank import AccountSpec, Change, Row
from integrations.sandbox.plaid.hooks import announce_updates
from integrations.sandbox.plaid.items import load_item
from integrations.sandbox.plaid.log import append
from integrations.sandbox.plaid.wire import transaction_id
from tests.integrations.support import Sandbox

ACCOUNTS = (
    AccountSpec("checking", "Checking", "Business Checking", "1111", "depository", "checking"),
    AccountSpec("card", "Card", "Business Card", "2222", "credit", "credit card", limit_minor=5_000_00),
    AccountSpec("euro", "Euro", "Euro Account", "3333", "depository", "checking", currency="EUR"),
)


class QuietBank:
    """Nothing happens by itself here."""

    id = "ins_quiet"
    name = "Quiet Bank"
    blurb = "A bank without a history"
    history_days = None
    accounts = ACCOUNTS

    def rows(self, day: dt.date) -> Iterator[Row]:
        return iter(())

    def changes(self, day: dt.date) -> Iterable[Change]:
        return ()

    def balances(self, day: dt.date) -> Mapping[str, int]:
        return dict.fromkeys((account.key for account in ACCOUNTS), 0)


def make_quiet(sandbox: Sandbox) -> None:
    """The sandbox has this bank and no other."""
    bank = QuietBank()
    sandbox.world = replace(sandbox.world, banks={bank.id: bank})
    sandbox._server.use(build_application(sandbox.world))


@dataclass
class Item:
    """One login at the bank: its rows as they stand, and what the bank has yet to say of them."""

    sandbox: Sandbox
    id: str
    access_token: Secret
    rows: dict[str, Row] = field(default_factory=dict)
    gone: dict[str, Row] = field(default_factory=dict)
    owed: list[Change] = field(default_factory=list)
    made: int = 0

    @classmethod
    def link(cls, sandbox: Sandbox) -> "Item":
        options = {"webhook": "http://testserver/webhooks/plaid/"}
        asked = {"institution_id": QuietBank.id, "initial_products": ["transactions"], "options": options}
        made = sandbox.post("/sandbox/public_token/create", **asked).json()
        exchange = sandbox.client.exchange(Secret(made["public_token"]))
        return cls(sandbox, exchange.item_id, exchange.access_token)

    def add(self, account: int, **values: Any) -> None:
        self.made += 1
        spec = ACCOUNTS[account]
        row = Row(key=f"row-{self.made:03}", account=spec.key, currency=spec.currency, **USUAL, **values)
        self._say(Change("added", row))

    def change(self, row: Row, **values: Any) -> None:
        self._say(Change("modified", msgspec.structs.replace(row, **values)))

    def withdraw(self, row: Row) -> None:
        self._say(Change("removed", row))

    def settle(self, row: Row, *, removed_first: bool, apart: bool, **values: Any) -> None:
        """Post a pending row: a new row in its place, and the end of the old one, maybe only said later."""
        posted = msgspec.structs.replace(row, key=f"{row.key}+", pending=False, replaces=row.key, **values)
        removed, added = Change("removed", row), Change("added", posted)
        first, second = (removed, added) if removed_first else (added, removed)
        self._say(first, *([] if apart else [second]))
        if apart:
            self.owed.append(second)

    def say_all(self) -> None:
        """Say what is owed."""
        self._say()

    def name_of(self, row: Row) -> str:
        """The provider's id of a row."""
        return transaction_id(self.id, row.key)

    def _say(self, *changes: Change) -> None:
        said, self.owed = [*self.owed, *changes], []
        for change in said:
            if change.kind == "removed":
                self.gone[change.row.key] = self.rows.pop(change.row.key)
            else:
                self.rows[change.row.key] = change.row
        world = self.sandbox.world
        with world.store.writing():
            item = load_item(world, self.id)
            if append(world, item, said, moves_balance=True):
                announce_updates(world, item)


USUAL: dict[str, Any] = {
    "authorized": None,
    "replaces": None,
    "text": "WIRE",
    "merchant": None,
    "party_type": "merchant",
    "confidence": "HIGH",
    "channel": "other",
    "city": None,
    "region": None,
    "method": None,
    "reference": None,
    "check_number": None,
}
