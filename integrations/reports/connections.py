"""The connections page: a card for each bank and each organisation's books, with its state in words and what its runs did."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from config.moments import name_age, name_day_and_time, name_moment
from integrations.models import Connection, ItemRemoval, RemovalState, RunState, SyncRun
from integrations.problems import REMOVAL_WAITS, TROUBLES, Problem, State, Trouble, said_of
from integrations.reports.buttons import FOR_A_PERSON, Action, choose_action
from integrations.reports.grants import GrantLine, read_grants
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
    """A bank, or an organisation's books with what is granted there. `action` is the one thing that helps; `progress` is
    there while a run is open.

    `synced` ("13 min ago"), `synced_on` and `next_sync` are in the person's time zone, empty where there is none.
    """

    id: UUID
    institution: str
    state: str
    tone: str
    sentences: tuple[str, ...]
    action: Action
    is_disconnected: bool
    accounts: tuple[AccountLine, ...]
    synced_at: datetime | None
    synced: str
    synced_on: str
    next_sync: str
    is_growing: bool
    progress: RunProgress | None
    runs: tuple[RunLine, ...]
    is_books: bool
    grant: GrantLine | None

    @property
    def notice_tone(self) -> str:
        """A sentence of a bank that works is news, not trouble."""
        return "warn" if self.action.is_urgent and self.tone == "ok" else {"ok": "info"}.get(self.tone, self.tone)


def read_cards() -> tuple[ConnectionCard, ...]:
    """Every connection of the workspace in scope, the working ones first, then by name."""
    accounts = _accounts_by_connection()
    runs = _runs_by_connection()
    ending = set(ItemRemoval.objects.filter(state=RemovalState.DUE).values_list("connection_id", flat=True))
    grants = read_grants()
    cards = [
        _card(one, accounts[one.pk], runs[one.pk], grants.get(one.pk), is_ending=one.pk in ending)
        for one in Connection.objects.all()
    ]
    return tuple(sorted(cards, key=lambda card: (card.is_disconnected, card.institution.casefold(), card.id)))


def read_progress(connection_id: UUID) -> RunProgress | None:
    """How far the connection's open run is; None when none is open."""
    run = SyncRun.objects.select_related("connection").filter(connection_id=connection_id, due_at__isnull=False).first()
    return describe_progress(run, is_books=run.connection.is_books) if run else None


@dataclass(frozen=True, slots=True)
class Named:
    """What a connection is called."""

    institution: str
    is_books: bool


def read_name(connection_id: UUID) -> Named:
    """The name of the bank or organisation. Raises Connection.DoesNotExist."""
    connection = Connection.objects.get(pk=connection_id)
    return Named(connection.facts.institution, connection.is_books)


def read_item_ids() -> frozenset[str]:
    """The provider's ids of the items that connections have, none of which may be ended for a visit's sake."""
    return frozenset(one.facts.item_id for one in Connection.objects.exclude(state=State.DISCONNECTED))


def _card(
    connection: Connection,
    accounts: list[AccountLine],
    runs: list[SyncRun],
    grant: GrantLine | None,
    *,
    is_ending: bool,
) -> ConnectionCard:
    now, is_books = timezone.now(), connection.is_books
    open_run = next((run for run in runs if run.is_open), None)
    trouble = _trouble(connection, open_run)
    state, tone = _state(connection, trouble, open_run)
    is_growing = not next((run.has_history for run in runs if run.state == RunState.SUCCEEDED), True)
    return ConnectionCard(
        id=connection.pk,
        institution=connection.facts.institution,
        state=said_of(state, is_books=is_books),
        tone=tone,
        sentences=tuple(
            said_of(one, is_books=is_books)
            for one in _sentences(connection, trouble, open_run, is_growing=is_growing, is_ending=is_ending)
        ),
        action=choose_action(trouble, open_run, is_books=is_books),
        is_disconnected=connection.is_disconnected,
        accounts=tuple(accounts),
        synced_at=connection.synced_at,
        synced=name_age(connection.synced_at, now) if connection.synced_at else "",
        synced_on=name_day_and_time(connection.synced_at) if connection.synced_at else "",
        next_sync=name_moment(connection.due_at, now) if connection.due_at and not open_run else "",
        is_growing=is_growing,
        progress=describe_progress(open_run, is_books=is_books) if open_run else None,
        runs=tuple(describe_run(run, is_books=is_books) for run in runs[:HISTORY]),
        is_books=is_books,
        grant=grant,
    )


def _trouble(connection: Connection, open_run: SyncRun | None) -> Trouble | None:
    """What a person should know of first: what stops everything, then why a run waits, then what is merely news."""
    known = TROUBLES[Problem(connection.problem)] if connection.problem else None
    if known is not None and known.button in FOR_A_PERSON:
        return known
    if connection.is_ending:
        return TROUBLES[Problem.ENDING]
    if open_run is not None:
        # A run under way is the answer to what went wrong before; one that waits says itself why.
        return TROUBLES[Problem(open_run.problem)] if open_run.state == RunState.WAITING and open_run.problem else None
    if known is not None:
        return known
    return TROUBLES[Problem.NEW_ACCOUNTS] if connection.has_new_accounts else None


def _state(connection: Connection, trouble: Trouble | None, open_run: SyncRun | None) -> tuple[str, str]:
    state = State(connection.state)
    if open_run is None or (trouble is not None and trouble.button in FOR_A_PERSON):
        return state.label, TONES.get(state, "bad")
    if open_run.state != RunState.WAITING:
        return "Syncing", "busy"
    return ("Waiting", "busy") if state == State.CONNECTED else (state.label, TONES.get(state, "bad"))


def _sentences(
    connection: Connection, trouble: Trouble | None, open_run: SyncRun | None, *, is_growing: bool, is_ending: bool
) -> list[str]:
    sentences = [trouble.sentence] if trouble else []
    if connection.is_resting and open_run is None and connection.due_at is not None:
        until = name_moment(connection.due_at, timezone.now())
        sentences.append(f"It failed {connection.failures} times in a row, so it rests until {until}.")
    if is_growing and not trouble:
        sentences.append("Older transactions are still coming in. They follow by themselves.")
    if is_ending and connection.is_disconnected:
        sentences.append(REMOVAL_WAITS)
    return sentences


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
