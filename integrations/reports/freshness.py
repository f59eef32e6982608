"""How old the figures of a workspace are, in one line for the top of every page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from config.moments import name_age
from integrations.models import OPEN_STATES, Connection
from integrations.problems import State
from vault.blobs import fetch_binary

# Each page of a workspace asks it.
BANKS = """
    SELECT c.state, c.synced_at, r.is_syncing, c.created_at, c.provider = %s
    FROM integrations_connection c CROSS JOIN LATERAL (
        SELECT EXISTS (
            SELECT FROM integrations_syncrun
            WHERE workspace_id = c.workspace_id AND connection_id = c.id AND state = ANY(%s::text[])
        ) AS is_syncing
    ) r
"""
WORKING = (State.CONNECTED, State.RATE_LIMITED, State.PROVIDER_DOWN)


@dataclass(frozen=True, slots=True)
class BankFact:
    """What every page needs to know of a connection, none of it sealed."""

    state: State
    synced_at: datetime | None
    is_syncing: bool
    connected_at: datetime
    is_books: bool = False


@dataclass(frozen=True, slots=True)
class Freshness:
    """What components/freshness.html draws. `tone` is ok, busy, warn or bad; `href` is empty for no link."""

    tone: str
    text: str
    href: str


def read_banks() -> tuple[BankFact, ...]:
    """Every connection of the workspace in scope, in one query that opens nothing."""
    banks = fetch_binary(BANKS, [Connection.Provider.ZOHO.value, [state.value for state in OPEN_STATES]])
    return tuple(BankFact(State(state), *facts) for state, *facts in banks)


def are_books_coming(banks: Iterable[BankFact]) -> bool:
    """Whether some books are connected and have not been read as a whole yet."""
    return any(bank.is_books and bank.synced_at is None and bank.state != State.DISCONNECTED for bank in banks)


def count_connected(banks: Iterable[BankFact]) -> int:
    """How many count against the plan's connections."""
    return sum(bank.state != State.DISCONNECTED for bank in banks)


def describe_freshness(banks: Iterable[BankFact], href: str) -> Freshness | None:
    """The state of all connected banks together; None when none is."""
    found = [bank for bank in banks if bank.state != State.DISCONNECTED]
    if not found:
        return None
    age = _age(found)
    broken = sum(bank.state not in WORKING for bank in found)
    if broken:
        return Freshness("bad", f"{age} · {broken} {'needs' if broken == 1 else 'need'} attention", href)
    if any(bank.state != State.CONNECTED for bank in found):
        return Freshness("warn", f"{age} · waiting", href)
    if any(bank.is_syncing for bank in found):
        return Freshness("busy", f"{age} · syncing", href)
    return Freshness("ok", age, href)


def _age(found: list[BankFact]) -> str:
    """How old what has come is, and whose it is: what has never been synced has no age."""
    known = [(bank.synced_at, bank) for bank in found if bank.synced_at is not None]
    if not known:
        return f"{_name(found)} not synced yet"
    return f"{_name(bank for _, bank in known)} {name_age(min(time for time, _ in known), timezone.now())}"


def _name(banks: Iterable[BankFact]) -> str:
    kinds = {bank.is_books for bank in banks}
    return "Bank and books" if len(kinds) > 1 else "Books" if True in kinds else "Bank"
