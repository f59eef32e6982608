"""What a visit to a bank leads to: a new connection, an old one that works again, or none, because one reads it already.

Accounts are known again before a single row is read, so that none counts twice; see docs/adr/0005.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from integrations.actions.connections import ITEM_ROUTE, give_up_item
from integrations.actions.links import close_visit
from integrations.actions.removals import request_removal
from integrations.actions.syncs import request_sync
from integrations.models import Connection, ItemFacts, ItemRemoval, LinkSession, LinkState, Trigger
from integrations.problems import State
from ledger.actions.accounts import adopt_accounts, save_accounts
from ledger.feeds import FeedAccount
from ledger.matching import pair_accounts
from ledger.models import Account
from vault.routing import add_route
from vault.tenancy import current_workspace_id

# Only a new link or sign-in brings these to life again. Any other connection gives data, now or by itself later.
STOPPED = frozenset({State.NEEDS_REAUTH, State.REVOKED, State.DISCONNECTED})


@dataclass(frozen=True, slots=True)
class _Known:
    """A connection that has read some of the accounts told, and which: its account's id by the new provider id."""

    connection: Connection
    pairs: dict[str, UUID]

    @property
    def is_stopped(self) -> bool:
        return self.connection.state in STOPPED


@transaction.atomic
def conclude_link(*, actor: Actor, session_id: UUID, accounts: Sequence[FeedAccount]) -> ItemRemoval | None:
    """Make of a visit's access what it is good for; returned is what is to be ended at the provider now.

    Accounts that a working connection reads: that one stays, and the new access is to be ended. Accounts of one that was
    stopped: it takes the new access, and its former one is to be ended. Otherwise there is a new connection. Quiet when
    the visit has ended. Raises UnknownCurrency.
    """
    _lock_linking()
    session = LinkSession.objects.select_for_update().get(pk=session_id)
    if not session.is_open or session.access_token is None or session.facts is None:
        return None
    known = _find_known(session.facts, accounts)
    if known is None:
        _create_connection(actor, session, accounts)
        return None
    if known.is_stopped:
        return _reconnect(actor, session, known, accounts)
    return _give_back(actor, session, known)


def _create_connection(actor: Actor, session: LinkSession, accounts: Sequence[FeedAccount]) -> None:
    connection = Connection.objects.create(facts=session.facts, access_token=session.access_token)
    record(
        actor=actor,
        action="integrations.connection.created",
        target=Target("connection", connection.pk),
        detail={"provider": connection.provider, "institution": connection.facts.institution},
    )
    _start(actor, session, connection, accounts)


def _reconnect(
    actor: Actor, session: LinkSession, known: _Known, accounts: Sequence[FeedAccount]
) -> ItemRemoval | None:
    connection = known.connection
    former = give_up_item(actor=actor, connection=connection)
    connection.facts, connection.access_token, connection.cursor = session.facts, session.access_token, None
    connection.state, connection.problem, connection.failures = State.CONNECTED, "", 0
    connection.disconnected_at, connection.restored_at = None, timezone.now()
    connection.generation, connection.is_matching = connection.generation + 1, True
    connection.has_new_accounts = False
    connection.save()
    adopt_accounts(actor=actor, connection_id=connection.pk, pairs=known.pairs)
    record(
        actor=actor,
        action="integrations.connection.reconnected",
        target=Target("connection", connection.pk),
        detail={"generation": connection.generation, "accounts": len(known.pairs)},
    )
    _start(actor, session, connection, accounts)
    return former


def _start(actor: Actor, session: LinkSession, connection: Connection, accounts: Sequence[FeedAccount]) -> None:
    add_route(kind=ITEM_ROUTE, key=connection.facts.item_id, object_id=connection.pk)
    save_accounts(actor=actor, connection_id=connection.pk, accounts=list(accounts), complete=True)
    session.connection = connection
    close_visit(session, LinkState.LINKED)
    request_sync(actor=actor, connection_id=connection.pk, trigger=Trigger.FIRST)


def _give_back(actor: Actor, session: LinkSession, known: _Known) -> ItemRemoval:
    token: Any = session.access_token
    removal = request_removal(actor=actor, access_token=token, connection_id=None)
    session.connection = known.connection
    close_visit(session, LinkState.KNOWN)
    record(
        actor=actor,
        action="integrations.link.given_back",
        target=Target("connection", known.connection.pk),
        detail={"accounts": len(known.pairs)},
    )
    return removal


def _find_known(facts: ItemFacts, accounts: Sequence[FeedAccount]) -> _Known | None:
    """The bank's connection that reads or has read most of these accounts, a working one first; locked."""
    found = []
    for connection in Connection.objects.select_for_update(no_key=True).order_by("id"):
        if _bank_of(connection.facts) == _bank_of(facts):
            pairs = pair_accounts(Account.objects.filter(connection_id=connection.pk), accounts)
            found += [_Known(connection, pairs)] if pairs else []
    return min(found, key=lambda one: (one.is_stopped, -len(one.pairs)), default=None)


def _bank_of(facts: ItemFacts) -> str:
    return facts.institution_id or facts.institution


def _lock_linking() -> None:
    # Two visits that end at the same moment must see each other. Taken before any row's lock, and by nobody else.
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"counterfoil.linking:{current_workspace_id()}"]
        )
