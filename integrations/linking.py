"""Linking and unlinking a bank: each call to the provider stands between two short transactions.

A person's bank credentials go to the provider's own page and never come here [R81]. That they come back from it proves
nothing: what came of the visit is asked of the provider, by the worker. What the provider gives is written down before
the next call, so that whoever takes over after a crash goes on from there.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.models import Workspace
from audit.log import Actor
from integrations.actions.allowance import require_place
from integrations.actions.connections import disconnect
from integrations.actions.links import (
    LOOK_AGAIN,
    create_link_session,
    end_link_session,
    keep_exchange,
    open_link_session,
    restore_connection,
)
from integrations.actions.outcomes import UNNAMED, conclude_link
from integrations.actions.syncs import NotConnected
from integrations.gateway import plaid_for
from integrations.models import Connection, ItemFacts, LinkSession, LinkState
from integrations.plaid_feed import convert_accounts
from integrations.providers.plaid import PlaidClient, days_in
from integrations.providers.plaid_errors import ItemGone, NeedsReauth, PlaidProblem, RequestRejected
from integrations.providers.plaid_link import LinkAnswer, LinkedBank
from integrations.providers.secret import Secret
from integrations.removing import end_item
from integrations.reports.connections import read_item_ids
from integrations.timing import CLAIM
from vault.keyring import KeyDestroyed

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=5)
# What the visit gave is worth nothing: only another visit helps.
SPENT = (RequestRejected, ItemGone, NeedsReauth)


class StrangePage(RuntimeError):
    """The provider named a page to sign in at that is not its own."""

    def __init__(self) -> None:
        super().__init__("The address of the bank's page is not one that we send people to. Please tell our support.")


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's turn at finding out what came of a visit."""

    workspace_id: UUID
    session_id: UUID
    person: Actor
    is_repair: bool
    is_over: bool
    link_token: Secret | None
    access_token: Secret | None


def start_link(
    *,
    actor: Actor,
    workspace_id: UUID,
    user_id: UUID,
    return_url: Callable[[UUID], str],
    connection_id: UUID | None = None,
) -> Secret:
    """Where to send the person. `return_url` is given the visit's id; a connection named here is signed in to again.

    Where the bank has told of new accounts, the person may choose among them on the way. A new bank is asked for rows as
    far back as the plan goes.

    Raises PlaidProblem, StrangePage, NotConnected, SyncsPaused, ConnectionsTaken, Connection.DoesNotExist.
    """
    with workspace_scope(workspace_id):
        connection = None
        months = Workspace.objects.get(pk=workspace_id).history_months
        if connection_id is None:
            require_place()
        else:
            connection = Connection.objects.get(pk=connection_id, provider=Connection.Provider.PLAID)
        if connection is not None and connection.access_token is None:
            raise NotConnected
        session = create_link_session(actor=actor, user_id=user_id, connection_id=connection_id)
    try:
        with plaid_for(workspace_id) as client:
            start = client.create_link(
                person=str(user_id),
                webhook=f"{settings.BASE_URL}/webhooks/plaid/",
                completion_redirect_uri=return_url(session.pk),
                access_token=connection.access_token if connection else None,
                account_selection=connection is not None and connection.has_new_accounts,
                days_requested=days_in(months),
            )
        # The security policy lets forms lead there and nowhere else; this is the same rule without a browser.
        if not start.hosted_link_url.reveal().startswith(f"{settings.PLAID.link_origin}/"):
            raise StrangePage
    except (PlaidProblem, StrangePage):
        with workspace_scope(workspace_id):
            end_link_session(actor=actor, session_id=session.pk, state=LinkState.FAILED)
        raise
    with workspace_scope(workspace_id):
        open_link_session(actor=actor, session_id=session.pk, link_token=start.link_token, expires_at=start.expiration)
    return start.hosted_link_url


def finish_link(workspace_id: UUID, session_id: UUID) -> None:
    """Ask what came of a visit and carry it out. Does nothing when another worker is at it or the visit is over."""
    claim = _claim(workspace_id, session_id)
    if claim is None:
        return
    try:
        with plaid_for(workspace_id) as client:
            if claim.access_token is not None:
                _conclude(claim.person, workspace_id, session_id, client, claim.access_token)
            else:
                _finish(claim, client)
    except SPENT as error:
        log.warning("Link session %s was refused: %s", session_id, error.error_code)
        _end(claim, LinkState.FAILED)
    except PlaidProblem as error:
        log.warning("Link session %s waits: %s", session_id, error.error_code)
        _wait_or_end(claim)
    except KeyDestroyed:
        raise
    except Exception:
        log.exception("Link session %s could not be finished", session_id)
        _wait_or_end(claim)


def exchange_and_keep(
    *, actor: Actor, workspace_id: UUID, session_id: UUID, client: PlaidClient, bank: LinkedBank
) -> None:
    """Trade a bank's public token for its access, write that down, and make of it what it is good for.

    Raises PlaidProblem: before the trade nothing has changed, after it the sweeper goes on with what was written down.
    """
    with workspace_scope(workspace_id):
        in_use = read_item_ids()
    exchange = client.exchange(bank.public_token)
    institution = bank.institution
    facts = ItemFacts(
        item_id=exchange.item_id,
        institution=(institution.name if institution else None) or UNNAMED,
        institution_id=institution.institution_id if institution else None,
    )
    try:
        with workspace_scope(workspace_id):
            keep_exchange(actor=actor, session_id=session_id, exchange=exchange, facts=facts)
    except Exception:
        # The public token is spent: what cannot be kept is given back, or nobody could ever end this access.
        if exchange.item_id not in in_use:
            client.remove_item(exchange.access_token)
        raise
    _conclude(actor, workspace_id, session_id, client, exchange.access_token)


def end_access(*, actor: Actor, workspace_id: UUID, connection_id: UUID) -> bool:
    """Disconnect a bank here, and have the provider end its access. False: it could not be asked yet, the clock goes on.

    Raises Connection.DoesNotExist.
    """
    with workspace_scope(workspace_id):
        removal = disconnect(actor=actor, connection_id=connection_id)
    return removal is None or end_item(workspace_id, removal.pk, at_once=True)


def _claim(workspace_id: UUID, session_id: UUID) -> Claim | None:
    with workspace_scope(workspace_id):
        session = LinkSession.objects.select_for_update().filter(pk=session_id).first()
        now = timezone.now()
        if session is None or not session.is_open or session.expires_at is None:
            return None
        if session.link_token is None and session.access_token is None:
            return None
        if session.state == LinkState.FINISHING and session.due_at is not None and session.due_at > now:
            return None
        session.state, session.due_at = LinkState.FINISHING, now + CLAIM
        session.save(update_fields=["state", "due_at"])
        return Claim(
            workspace_id=workspace_id,
            session_id=session_id,
            person=Actor.person(session.user_id),
            is_repair=session.is_repair,
            is_over=session.expires_at + GRACE < now,
            link_token=session.link_token,
            access_token=session.access_token,
        )


def _finish(claim: Claim, client: PlaidClient) -> None:
    if claim.link_token is None:
        return
    answer = client.get_link(claim.link_token)
    if claim.is_repair:
        _finish_repair(claim, client, answer)
        return
    # Linking several banks in one visit is not asked for, so there is one.
    bank = next(iter(answer.banks), None)
    if bank is not None:
        exchange_and_keep(
            actor=claim.person,
            workspace_id=claim.workspace_id,
            session_id=claim.session_id,
            client=client,
            bank=bank,
        )
    elif answer.was_left:
        _end(claim, LinkState.LEFT)
    else:
        _wait_or_end(claim)


def _finish_repair(claim: Claim, client: PlaidClient, answer: LinkAnswer) -> None:
    """A sign-in to an item that is there: a public token is proof of it, and is not exchanged."""
    if answer.banks or (answer.is_finished and not answer.was_left and _is_well(claim, client)):
        with workspace_scope(claim.workspace_id):
            restore_connection(actor=claim.person, session_id=claim.session_id)
    elif answer.is_finished:
        _end(claim, LinkState.LEFT)
    else:
        _wait_or_end(claim)


def _is_well(claim: Claim, client: PlaidClient) -> bool:
    # A visit that is over and names no result is all that Plaid says of a new sign-in. The item itself knows.
    with workspace_scope(claim.workspace_id):
        connection = LinkSession.objects.get(pk=claim.session_id).connection
        token = connection.access_token if connection is not None else None
    return token is None or client.get_item(token).item.error is None


def _conclude(actor: Actor, workspace_id: UUID, session_id: UUID, client: PlaidClient, token: Secret) -> None:
    accounts = convert_accounts(client.get_accounts(token).accounts)
    with workspace_scope(workspace_id):
        removals = conclude_link(actor=actor, session_id=session_id, accounts=accounts)
    for removal in removals:
        end_item(workspace_id, removal.pk, at_once=True)


def _wait_or_end(claim: Claim) -> None:
    if claim.is_over:
        _end(claim, LinkState.EXPIRED)
        return
    with workspace_scope(claim.workspace_id):
        mine = LinkSession.objects.filter(pk=claim.session_id, state=LinkState.FINISHING)
        mine.update(state=LinkState.OPEN, due_at=timezone.now() + LOOK_AGAIN)


def _end(claim: Claim, state: LinkState) -> None:
    with workspace_scope(claim.workspace_id):
        end_link_session(actor=claim.person, session_id=claim.session_id, state=state)
