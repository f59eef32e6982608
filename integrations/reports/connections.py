"""The connections page: a card for each bank with its state in words, its accounts, and what its runs did."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from integrations.models import Connection, ItemFacts, RunState, SyncRun
from integrations.problems import TROUBLES, Button, Problem, State, Trouble
from integrations.reports.freshness import describe_age
from integrations.reports.runs import HISTORY, RunLine, RunProgress, describe_progress, describe_run
from ledger.kinds import AccountKind
from ledger.models import Account
from ledger.money import format_minor

TONES = {State.CONNECTED: "ok", State.RATE_LIMITED: "warn", State.PROVIDER_DOWN: "warn", State.DISCONNECTED: "quiet"}
OWED = (AccountKind.CREDIT, AccountKind.LOAN)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account with its masked number [R84]. `balance` is formatted, empty where the bank gave none."""

    name: str
    mask: str
    kind: str
    currency: str
    balance: str
    is_owed: bool


@dataclass(frozen=True, slots=True)
class ConnectionCard:
    """A bank. `button` is the one thing that helps; `progress` is there while a run is open. Times are UTC."""

    id: UUID
    institution: str
    state: str
    tone: str
    sentence: str
    button: Button
    is_disconnected: bool
    is_linked_twice: bool
    accounts: tuple[AccountLine, ...]
    synced_at: datetime | None
    synced: str
    next_at: datetime | None
    progress: RunProgress | None
    runs: tuple[RunLine, ...]


def read_cards() -> tuple[ConnectionCard, ...]:
    """Every connection of the workspace in scope, the working ones first, then by name."""
    connections = list(Connection.objects.all())
    accounts = _accounts_by_connection()
    runs = _runs_by_connection()
    twice = _linked_twice(connections)
    cards = [_card(one, accounts[one.pk], runs[one.pk], is_linked_twice=one.pk in twice) for one in connections]
    return tuple(sorted(cards, key=lambda card: (card.is_disconnected, card.institution.casefold(), card.id)))


def read_progress(connection_id: UUID) -> RunProgress | None:
    """How far the connection's open run is; None when none is open."""
    run = SyncRun.objects.filter(connection_id=connection_id, due_at__isnull=False).first()
    return describe_progress(run) if run else None


def read_institution(connection_id: UUID) -> str:
    """The bank's name. Raises Connection.DoesNotExist."""
    facts: ItemFacts = Connection.objects.get(pk=connection_id).facts
    return facts.institution


def _card(
    connection: Connection, accounts: list[AccountLine], runs: list[SyncRun], *, is_linked_twice: bool
) -> ConnectionCard:
    state = State(connection.state)
    trouble = TROUBLES[Problem(connection.problem)] if connection.problem else None
    open_run = next((run for run in runs if run.is_open), None)
    return ConnectionCard(
        id=connection.pk,
        institution=connection.facts.institution,
        state="Syncing" if open_run else state.label,
        tone="busy" if open_run else TONES.get(state, "bad"),
        sentence=trouble.sentence if trouble else _growing(runs),
        button=_button(trouble, open_run),
        is_disconnected=connection.is_disconnected,
        is_linked_twice=is_linked_twice,
        accounts=tuple(accounts),
        synced_at=connection.synced_at,
        synced=describe_age(connection.synced_at) if connection.synced_at else "",
        next_at=connection.due_at,
        progress=describe_progress(open_run) if open_run else None,
        runs=tuple(describe_run(run) for run in runs[:HISTORY]),
    )


def _growing(runs: list[SyncRun]) -> str:
    return "" if not runs or runs[0].has_history else "The bank is still gathering older transactions; they follow."


def _button(trouble: Trouble | None, open_run: SyncRun | None) -> Button:
    button = trouble.button if trouble else Button.SYNC
    # Asking for what is already under way helps nobody; a run that waits can be hurried.
    is_under_way = open_run is not None and open_run.state != RunState.WAITING
    return Button.NONE if button == Button.SYNC and is_under_way else button


def _accounts_by_connection() -> dict[UUID, list[AccountLine]]:
    found: dict[UUID, list[AccountLine]] = defaultdict(list)
    for account in Account.objects.filter(closed_at=None).order_by("code"):
        found[account.connection_id].append(_account_line(account))
    return found


def _account_line(account: Account) -> AccountLine:
    kind, current = AccountKind(account.kind), account.balances.current
    return AccountLine(
        name=account.facts.name,
        mask=account.facts.mask or "",
        kind=kind.label,
        currency=account.currency,
        balance="" if current is None else format_minor(current, account.currency),
        is_owed=kind in OWED,
    )


def _runs_by_connection() -> dict[UUID, list[SyncRun]]:
    """The newest runs of each connection, newest first, in one query."""
    table = SyncRun._meta.db_table
    newest = SyncRun.objects.raw(
        f"SELECT newest.* FROM integrations_connection AS one CROSS JOIN LATERAL ("  # noqa: S608 - names of ours alone
        f"SELECT * FROM {table} WHERE workspace_id = one.workspace_id AND connection_id = one.id "
        f"ORDER BY created_at DESC LIMIT %s) AS newest",
        [HISTORY],
    )
    found: dict[UUID, list[SyncRun]] = defaultdict(list)
    for run in newest:
        found[run.connection_id].append(run)
    return found


def _linked_twice(connections: Iterable[Connection]) -> set[UUID]:
    """Connections to a bank that another one reads or has read as well: their rows may count twice."""
    every = [(one, one.facts.institution_id) for one in connections if one.synced_at or not one.is_disconnected]
    times = Counter(institution_id for _, institution_id in every if institution_id)
    return {one.pk for one, bank in every if bank and times[bank] > 1 and not one.is_disconnected}
