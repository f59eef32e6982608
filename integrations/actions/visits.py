"""A person's visit to Zoho's consent page, from the start until it is over. What it leads to: grants.py."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from audit.log import Actor, Target, record
from audit.models import Event
from config.enqueueing import enqueue_after_commit
from integrations.actions.removals import request_revocation
from integrations.models import GrantVisit, Offers, OrganizationFacts, VisitEnd, VisitState
from integrations.providers.secret import Secret
from integrations.providers.zoho_oauth import Tokens, new_verifier
from integrations.queues import FINISH_GRANT
from integrations.zoho_tokens import expiry_of
from vault.routing import add_route, remove_route
from vault.tenancy import current_workspace_id

STATE_ROUTE = "zoho_state"

# A person has so long at Zoho, the worker as long to make something of what they bring, they again to choose.
LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class StartedVisit:
    """What goes with the person to Zoho: the state as it is, the verifier as its hash."""

    visit_id: UUID
    state: Secret
    verifier: Secret


@transaction.atomic
def start_visit(
    *, actor: Actor, user_id: UUID, session_id: UUID | None, connection_id: UUID | None = None
) -> StartedVisit:
    """A person is about to be sent to Zoho; with a connection, to allow access to its organisation again."""
    state, verifier = Secret(token_urlsafe(32)), new_verifier()
    expires_at = timezone.now() + LIFETIME
    visit = GrantVisit.objects.create(
        user_id=user_id,
        session_digest=digest_session(session_id),
        state_digest=digest_state(state),
        verifier=verifier,
        connection_id=connection_id,
        is_regrant=connection_id is not None,
        expires_at=expires_at,
        due_at=expires_at,
    )
    add_route(kind=STATE_ROUTE, key=digest_state(state).hex(), object_id=visit.pk)
    record(
        actor=actor,
        action="integrations.grant.requested",
        target=Target("grant_visit", visit.pk),
        detail={"connection": str(connection_id) if connection_id else None},
    )
    return StartedVisit(visit.pk, state, verifier)


@transaction.atomic
def receive_code(*, actor: Actor, visit_id: UUID, code: Secret, location: str) -> None:
    """The person is back with a code: it is kept, and the worker trades it at once. The visit is locked and at Zoho."""
    visit = GrantVisit.objects.get(pk=visit_id, state=VisitState.OPEN)
    now = timezone.now()
    visit.state, visit.code, visit.location = VisitState.RECEIVED, code, location
    visit.received_at = visit.due_at = now
    visit.expires_at = now + LIFETIME
    visit.save()
    enqueue_after_commit(FINISH_GRANT, current_workspace_id(), visit.pk)
    record(
        actor=actor,
        action="integrations.grant.received",
        target=Target("grant_visit", visit.pk),
        detail={"location": location},
    )


@transaction.atomic
def keep_tokens(*, actor: Actor, visit_id: UUID, tokens: Tokens, scopes: frozenset[str]) -> None:
    """Write down what a code was just traded for, before anything else can go wrong: it is traded once.

    When the visit has ended meanwhile, what was given is to be revoked instead.
    """
    visit = GrantVisit.objects.select_for_update().get(pk=visit_id)
    if not visit.is_open:
        token = tokens.refresh_token or tokens.access_token
        request_revocation(actor=actor, token=token, location=visit.location)
        return
    visit.code = visit.verifier = None
    visit.refresh_token, visit.access_token = tokens.refresh_token, tokens.access_token
    visit.access_expires_at = expiry_of(tokens)
    visit.scopes = " ".join(sorted(scopes))
    visit.save()
    record(
        actor=actor,
        action="integrations.grant.exchanged",
        target=Target("grant_visit", visit.pk),
        detail={"scopes": visit.scopes},
    )


@transaction.atomic
def offer_organizations(*, actor: Actor, visit_id: UUID, organizations: tuple[OrganizationFacts, ...]) -> None:
    """There are several organisations: the person is to choose. Not recorded: what they choose is."""
    visit = GrantVisit.objects.select_for_update().get(pk=visit_id)
    if visit.is_open:
        visit.state, visit.offers = VisitState.CHOOSING, Offers(organizations)
        visit.expires_at = visit.due_at = timezone.now() + LIFETIME
        visit.save()


@transaction.atomic
def end_visit(*, actor: Actor, visit_id: UUID, state: VisitState, end: VisitEnd = VisitEnd.NONE) -> None:
    """Close a visit that nothing came of: what it was given is to be revoked. Quiet when it has ended before."""
    visit = GrantVisit.objects.select_for_update().get(pk=visit_id)
    if not visit.is_open:
        return
    token = visit.refresh_token or visit.access_token
    if token is not None:
        request_revocation(actor=actor, token=token, location=visit.location)
    visit.end = end
    close_visit(visit, state)
    refused = state == VisitState.REFUSED
    record(
        actor=actor,
        action="integrations.grant.refused" if refused else "integrations.grant.ended",
        target=Target("grant_visit", visit.pk),
        detail={"state": state.value, "reason": end.value},
        outcome=Event.Outcome.REFUSED if refused else Event.Outcome.FAILED,
    )


def close_visit(visit: GrantVisit, state: VisitState) -> None:
    """End a locked visit: nothing secret stays with it, and its state finds nobody any more."""
    remove_route(kind=STATE_ROUTE, key=bytes(visit.state_digest).hex())
    visit.state, visit.due_at = state, None
    visit.code = visit.verifier = visit.refresh_token = visit.access_token = visit.offers = None
    visit.save()


def digest_session(session_id: UUID | None) -> bytes:
    """What is kept of a session, so that a visit ends in the one it began in. By its id: its key may be renewed meanwhile,
    when the person confirms something in another tab.
    """
    return salted_hmac("integrations.grant_visit.session", str(session_id), algorithm="sha256").digest()


def digest_state(state: Secret) -> bytes:
    return sha256(state.reveal().encode()).digest()
