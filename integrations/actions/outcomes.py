"""What a visit to a bank leads to: a new connection, an old one that works again, or none, because one reads it already.

Accounts are known again before a single row is read, so that none counts twice; see docs/adr/0005.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone

from accounts.actions.team_policy import begin_team_policy
from audit.log import Actor, Target, record
from audit.models import Event
from integrations.actions.allowance import ConnectionsTaken, require_room
from integrations.actions.connections import ITEM_ROUTE, disconnect, give_up_item
from integrations.actions.links import close_visit, restore_connection
from integrations.actions.removals import request_removal
from integrations.actions.syncs import sync_when_allowed
from integrations.models import Connection, ItemFacts, ItemRemoval, LinkSession, LinkState, Trigger
from integrations.problems import State
from ledger.actions.accounts import adopt_accounts, save_accounts
from ledger.actions.feed_former import move_accounts
from ledger.feeds import FeedAccount
from ledger.matching import pair_accounts
from ledger.models import Account
from vault.locks import lock_until_commit
from vault.routing import add_route
from vault.tenancy import current_workspace_id

# Only a new link or sign-in brings these to life again. Any other connection gives data, now or by itself later.
STOPPED = frozenset({State.NEEDS_REAUTH, State.REVOKED, State.DISCONNECTED})
# For a bank whose visit did not tell its name.
UNNAMED = "Bank"

Connections = Mapping[UUID, Connection]


@dataclass(frozen=True, slots=True)
class _Known:
    """Those of the accounts told that are known, by their new provider ids, and the workspace's connections, locked.

    `read` gives the working connection that reads one now. `former` gives, for one that none reads, the account that some
    connection has read.
    """

    connections: Connections
    read: dict[str, UUID]
    former: dict[str, Account]


@transaction.atomic
def conclude_link(*, actor: Actor, session_id: UUID, accounts: Sequence[FeedAccount]) -> list[ItemRemoval]:
    """Make of a visit's access what it is good for; returned is what is to be ended at the provider now.

    The access of an item that a connection has: that one works again. Accounts that working connections read, all of them:
    those stay, and the new access is to be ended. Accounts of connections that were stopped: the one that has read most
    of them takes the new access and the others' accounts, and the former accesses are to be ended. Otherwise there is a
    new connection, which leaves accounts that another one reads to that one. Where the plan has no connection left the
    new access is to be ended. Quiet when the visit has ended.
    Raises UnknownCurrency, SheetsBusy.
    """
    _lock_linking()
    session = LinkSession.objects.select_for_update().get(pk=session_id)
    if not session.is_open or session.access_token is None or session.facts is None:
        return []
    connections = {one.pk: one for one in Connection.objects.select_for_update(no_key=True).order_by("id")}
    same = next((one for one in connections.values() if _has_item(one, session.facts)), None)
    if same is not None:
        _take_back(actor, session, same)
        return []
    known = _find_known(connections, session.facts, accounts)
    if known.read and all(one.provider_id in known.read for one in accounts):
        return [_give_back(actor, session, known)]
    facts = msgspec.structs.replace(session.facts, left_out=tuple(known.read))
    return _connect(actor, session, facts, known, accounts)


def _connect(
    actor: Actor, session: LinkSession, facts: ItemFacts, known: _Known, accounts: Sequence[FeedAccount]
) -> list[ItemRemoval]:
    connection = _choose(known)
    try:
        if connection is None or connection.is_disconnected:
            require_room()
    except ConnectionsTaken:
        return [_turn_away(actor, session)]
    if connection is None:
        connection = _create_connection(actor, session, facts, known)
        ended = []
    else:
        ended = [_reconnect(actor, session, connection, facts, known)]
    ended += _bring_over(actor, connection, known)
    adopted = {provider_id: account.id for provider_id, account in known.former.items()}
    adopt_accounts(actor=actor, connection_id=connection.pk, pairs=adopted)
    _start(actor, session, connection, [one for one in accounts if one.provider_id not in known.read])
    return [one for one in ended if one is not None]


def _take_back(actor: Actor, session: LinkSession, connection: Connection) -> None:
    connection.access_token = session.access_token
    connection.save(update_fields=["access_token"])
    session.connection = connection
    session.save(update_fields=["connection"])
    restore_connection(actor=actor, session_id=session.pk)


def _create_connection(actor: Actor, session: LinkSession, facts: ItemFacts, known: _Known) -> Connection:
    connection = Connection.objects.create(
        facts=facts,
        access_token=session.access_token,
        generation=2 if known.former else 1,
        is_matching=bool(known.former),
        responsible_id=session.user_id,
    )
    record(
        actor=actor,
        action="integrations.connection.created",
        target=Target("connection", connection.pk),
        detail={"provider": connection.provider, "institution": connection.facts.institution},
    )
    begin_team_policy(actor=actor)
    return connection


def _reconnect(
    actor: Actor, session: LinkSession, connection: Connection, facts: ItemFacts, known: _Known
) -> ItemRemoval | None:
    former = give_up_item(actor=actor, connection=connection)
    connection.facts, connection.access_token, connection.cursor = facts, session.access_token, None
    connection.state, connection.problem, connection.failures = State.CONNECTED, "", 0
    connection.disconnected_at, connection.restored_at = None, timezone.now()
    connection.generation, connection.is_matching = connection.generation + 1, True
    connection.has_new_accounts = connection.is_ending = False
    connection.responsible_id = session.user_id
    connection.save()
    record(
        actor=actor,
        action="integrations.connection.reconnected",
        target=Target("connection", connection.pk),
        detail={"generation": connection.generation, "accounts": len(known.former)},
    )
    return former


def _bring_over(actor: Actor, connection: Connection, known: _Known) -> list[ItemRemoval | None]:
    """Take the accounts that other connections have read, so that each is read once, and its rows count once."""
    moved: dict[UUID, list[Account]] = defaultdict(list)
    for account in known.former.values():
        if account.connection_id != connection.pk:
            moved[account.connection_id].append(account)
    for accounts in moved.values():
        ids = [one.id for one in accounts]
        move_accounts(actor=actor, account_ids=ids, connection_id=connection.pk, generation=connection.generation)
    return [_let_go(actor, known.connections[pk], accounts) for pk, accounts in moved.items()]


def _let_go(actor: Actor, former: Connection, accounts: Sequence[Account]) -> ItemRemoval | None:
    if former.is_disconnected:
        return None
    if former.state in STOPPED and not Account.objects.filter(connection_id=former.pk, closed_at=None).exists():
        return disconnect(actor=actor, connection_id=former.pk)
    gone = tuple(one.provider_id for one in accounts)
    former.facts = msgspec.structs.replace(former.facts, left_out=(*former.facts.left_out, *gone))
    former.save(update_fields=["facts"])
    return None


def _start(actor: Actor, session: LinkSession, connection: Connection, accounts: Sequence[FeedAccount]) -> None:
    add_route(kind=ITEM_ROUTE, key=connection.facts.item_id, object_id=connection.pk)
    save_accounts(actor=actor, connection_id=connection.pk, accounts=list(accounts), complete=True)
    session.connection = connection
    close_visit(session, LinkState.LINKED)
    sync_when_allowed(actor=actor, connection_id=connection.pk, trigger=Trigger.FIRST)


def _give_back(actor: Actor, session: LinkSession, known: _Known) -> ItemRemoval:
    token: Any = session.access_token
    removal = request_removal(actor=actor, access_token=token, connection_id=None)
    [(connection_id, _)] = Counter(known.read.values()).most_common(1)
    session.connection_id = connection_id
    close_visit(session, LinkState.KNOWN)
    record(
        actor=actor,
        action="integrations.link.given_back",
        target=Target("connection", connection_id),
        detail={"accounts": len(known.read)},
    )
    return removal


def _turn_away(actor: Actor, session: LinkSession) -> ItemRemoval:
    token: Any = session.access_token
    removal = request_removal(actor=actor, access_token=token, connection_id=None)
    close_visit(session, LinkState.FULL)
    record(
        actor=actor,
        action="integrations.link.ended",
        target=Target("link_session", session.pk),
        detail={"state": LinkState.FULL.value},
        outcome=Event.Outcome.REFUSED,
    )
    return removal


def _find_known(connections: Connections, facts: ItemFacts, told: Sequence[FeedAccount]) -> _Known:
    accounts = {one.id: one for one in Account.objects.all()}
    elsewhere = {pk for pk, one in connections.items() if not _may_be_one_bank(one.facts, facts)}
    reading = [one for one in accounts.values() if one.closed_at is None and not _is_stopped(connections, one)]
    read = pair_accounts(reading, told, elsewhere)
    rest = [one for one in told if one.provider_id not in read]
    former = pair_accounts([one for one in accounts.values() if one not in reading], rest, elsewhere)
    return _Known(
        connections,
        {provider_id: accounts[account_id].connection_id for provider_id, account_id in read.items()},
        {provider_id: accounts[account_id] for provider_id, account_id in former.items()},
    )


def _is_stopped(connections: Connections, account: Account) -> bool:
    return connections[account.connection_id].state in STOPPED


def _choose(known: _Known) -> Connection | None:
    """The stopped connection that has read most of these accounts; of several the oldest."""
    counts = Counter(one.connection_id for one in known.former.values() if _is_stopped(known.connections, one))
    candidates = [known.connections[pk] for pk in counts]
    return min(candidates, key=lambda one: (-counts[one.pk], one.created_at), default=None)


def _has_item(connection: Connection, facts: ItemFacts) -> bool:
    return not connection.is_disconnected and connection.facts.item_id == facts.item_id


def _may_be_one_bank(one: ItemFacts, other: ItemFacts) -> bool:
    """False if both visits told of an institution, and not of the same one."""
    if one.institution_id and other.institution_id:
        return one.institution_id == other.institution_id
    return UNNAMED in (one.institution, other.institution) or one.institution == other.institution


def _lock_linking() -> None:
    # Two visits that end at the same moment must see each other. Taken before any row's lock, and by nobody else.
    lock_until_commit(f"linking:{current_workspace_id()}")
