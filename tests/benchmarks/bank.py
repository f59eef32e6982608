"""A bank whose rows are the made-up ones, behind the sandbox's own HTTP interface: what a first sync is measured against."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from integrations.providers.secret import Secret
from integrations.sandbox.application import build_application
from integrations.sandbox.bank import AccountSpec, Change, Row
from integrations.sandbox.plaid.items import create_item, exchange
from integrations.sandbox.plaid.log import catch_up
from integrations.sandbox.plaid.wire import PRIMARIES
from integrations.sandbox.plaid.world import World
from integrations.sandbox.settings import Settings
from integrations.sandbox.store import Store
from tests.benchmarks.rows import ACCOUNTS, CURRENCY, Generator
from tests.integrations.support import Server
from tests.support.environment import CLIENT, SECRET

EVER = 100_000


@dataclass(frozen=True, slots=True)
class MadeUpBank:
    """Gives the rows of these numbers in their order."""

    id: str
    generator: Generator
    numbers: Sequence[int]
    name: str = "Made-up bank"
    blurb: str = ""
    history_days: int = EVER

    @property
    def accounts(self) -> tuple[AccountSpec, ...]:
        return tuple(
            AccountSpec(name, name, name, "1234", "credit" if name == "card" else "depository", name, CURRENCY)
            for name in ACCOUNTS
        )

    def rows(self, day: date) -> Iterator[Row]:
        return (_row(self.generator, number) for number in self.numbers)

    def changes(self, day: date) -> Iterable[Change]:
        return ()

    def balances(self, day: date) -> Mapping[str, int]:
        return dict.fromkeys(ACCOUNTS, 100_000_000)


@dataclass(frozen=True, slots=True)
class OpenBank:
    """The bank's address, and the way to a login there whose rows wait to be read."""

    address: str
    world: World

    def link(self, bank: MadeUpBank) -> tuple[str, Secret]:
        """An item's id and its access token. Its rows are in the bank's log already: to write that takes no part."""
        keys = [one.key for one in bank.accounts]
        item_id, public_token = create_item(self.world, bank, keys, webhook=None, days_requested=0)
        catch_up(self.world, item_id)
        return item_id, Secret(exchange(self.world, public_token)[1])


@contextmanager
def open_bank(folder: Path, banks: Iterable[MadeUpBank], today: date) -> Iterator[OpenBank]:
    """Real HTTP from a thread of this process; the worker that reads it is another one."""
    settings = Settings(
        db=folder / "bank.sqlite3",
        client_id=CLIENT,
        secret=SECRET,
        public_url="",
        today=lambda: today,
        ready_seconds=0.0,
    )
    store = Store(settings.db)
    world = World(settings, store, {bank.id: bank for bank in banks})
    server = Server(build_application(world), store.close)
    try:
        yield OpenBank(server.url, world)
    finally:
        server.stop()
        store.close()


def _row(generator: Generator, number: int) -> Row:
    feed = generator.feed(number)
    return Row(
        key=feed.provider_id,
        account=feed.account_provider_id,
        minor=feed.amount_minor,
        currency=feed.currency,
        date=feed.date,
        authorized=None,
        pending=feed.pending,
        replaces=None,
        name=feed.description,
        text=feed.memo or feed.description,
        merchant=feed.counterparty,
        party=feed.counterparty,
        party_type="merchant",
        category=_detailed(feed.hint or "OTHER"),
        confidence="HIGH",
        channel="other",
        city=None,
        region=None,
        method=None,
        reference=None,
        check_number=None,
    )


def _detailed(hint: str) -> str:
    """A hint that is a whole group's, as the bank would say it of one row."""
    return f"{hint}_OTHER" if hint in PRIMARIES else hint
