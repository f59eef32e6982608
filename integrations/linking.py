"""Linking and unlinking a bank: each call to the provider stands between two short transactions.

A person's bank credentials go to the provider's own page and never come here [R81]. That they come back from it proves
nothing: what came of the visit is asked of the provider, by the worker.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.access import workspace_scope
from audit.log import Actor
from integrations.actions.connections import disconnect
from integrations.actions.links import (
    LOOK_AGAIN,
    create_connection,
    create_link_session,
    end_link_session,
    open_link_session,
    restore_connection,
)
from integrations.actions.syncs import NotConnected
from integrations.gateway import plaid_for
from integrations.models import Connection, ItemFacts, LinkSession, LinkState
from integrations.providers.plaid import PlaidClient
from integrations.providers.plaid_errors import ItemGone, NeedsReauth, PlaidProblem, RequestRejected
from integrations.providers.plaid_link import LinkedBank
from integrations.providers.secret import Secret

log = logging.getLogger(__name__)

CLAIM = timedelta(seconds=60)
GRACE = timedelta(minutes=5)
UNNAMED = "Bank"


class StrangePage(RuntimeError):
    """The provider named a page to sign in at that is not its own."""

    def __init__(self) -> None:
        super().__init__("The address of the bank's page is not one that we send people to.")


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's turn at finding out what came of a visit."""

    workspace_id: UUID
    session_id: UUID
    person: Actor
    is_repair: bool
    is_over: bool
    link_token: Secret


def start_link(
    *,
    actor: Actor,
    workspace_id: UUID,
    user_id: UUID,
    return_url: Callable[[UUID], str],
    connection_id: UUID | None = None,
) -> Secret:
    """Where to send the person. `return_url` is given the visit's id; a connection named here is signed in to again.

    Raises PlaidProblem, StrangePage, NotConnected, Connection.DoesNotExist.
    """
    with workspace_scope(workspace_id):
        access_token = Connection.objects.get(pk=connection_id).access_token if connection_id else None
        if connection_id is not None and access_token is None:
            raise NotConnected
        session = create_link_session(actor=actor, user_id=user_id, connection_id=connection_id)
    try:
        with plaid_for(workspace_id) as client:
            start = client.create_link(
                person=str(user_id),
                webhook=f"{settings.BASE_URL}/webhooks/plaid/",
                completion_redirect_uri=return_url(session.pk),
                access_token=access_token,
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
            _finish(claim, client)
    except RequestRejected as error:
        log.warning("Link session %s was refused: %s", session_id, error.error_code)
        _end(claim, LinkState.FAILED)
    except PlaidProblem as error:
        log.warning("Link session %s waits: %s", session_id, error.error_code)
        _wait_or_end(claim)
    except Exception:
        log.exception("Link session %s could not be finished", session_id)
        _wait_or_end(claim)


def end_access(*, actor: Actor, workspace_id: UUID, connection_id: UUID) -> None:
    """Have the provider end its access, then erase the token. A bank that has ended it already is as good.

    Raises PlaidProblem, and then nothing has changed; Connection.DoesNotExist.
    """
    with workspace_scope(workspace_id):
        access_token = Connection.objects.get(pk=connection_id).access_token
    if access_token is not None:
        with plaid_for(workspace_id) as client:
            try:
                client.remove_item(access_token)
            except (ItemGone, NeedsReauth):
                log.info("Connection %s was ended by the bank before", connection_id)
    with workspace_scope(workspace_id):
        disconnect(actor=actor, connection_id=connection_id)


def _claim(workspace_id: UUID, session_id: UUID) -> Claim | None:
    with workspace_scope(workspace_id):
        session = LinkSession.objects.select_for_update().filter(pk=session_id).first()
        now = timezone.now()
        if session is None or not session.is_open or session.link_token is None or session.expires_at is None:
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
        )


def _finish(claim: Claim, client: PlaidClient) -> None:
    answer = client.get_link(claim.link_token)
    # Linking several banks in one visit is not asked for, so there is one.
    bank = next(iter(answer.banks), None)
    if bank is not None:
        _exchange(claim, client, bank)
    elif claim.is_repair and answer.is_finished and not answer.was_left:
        with workspace_scope(claim.workspace_id):
            restore_connection(actor=claim.person, session_id=claim.session_id)
    elif answer.was_left:
        _end(claim, LinkState.LEFT)
    else:
        _wait_or_end(claim)


def _exchange(claim: Claim, client: PlaidClient, bank: LinkedBank) -> None:
    exchange = client.exchange(bank.public_token)
    institution = bank.institution
    facts = ItemFacts(
        item_id=exchange.item_id,
        institution=(institution.name if institution else None) or UNNAMED,
        institution_id=institution.institution_id if institution else None,
    )
    try:
        with workspace_scope(claim.workspace_id):
            create_connection(actor=claim.person, session_id=claim.session_id, exchange=exchange, facts=facts)
    except Exception:
        # The public token is spent: what cannot be kept is given back, or nobody could ever end this access.
        client.remove_item(exchange.access_token)
        raise


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
