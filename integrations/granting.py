"""Making a grant of a code: each call to Zoho stands between two short transactions.

What Zoho gives is written down before the next call, so that whoever takes over after a crash goes on from there. Nothing
is kept that allows more than reading.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.access import workspace_scope
from audit.log import Actor
from config.enqueueing import enqueue_after_commit
from integrations.actions.allowance import require_place
from integrations.actions.grants import connect_organization
from integrations.actions.visits import (
    StartedVisit,
    end_visit,
    keep_tokens,
    offer_organizations,
    start_visit,
)
from integrations.models import Connection, GrantVisit, VisitEnd, VisitState
from integrations.providers.secret import Secret
from integrations.providers.zoho import ORGANIZATIONS
from integrations.providers.zoho_errors import (
    GrantDenied,
    Misconfigured,
    NotAMember,
    NotThere,
    RequestRejected,
    TokenRejected,
    ZohoProblem,
)
from integrations.providers.zoho_oauth import Tokens, consent_url
from integrations.providers.zoho_places import FIRST, place_of
from integrations.queues import FINISH_GRANT
from integrations.timing import CLAIM
from integrations.zoho_access import data_at, oauth_at, redirect_uri, zoho_access
from integrations.zoho_organizations import organizations_in
from integrations.zoho_scopes import SCOPES, is_too_wide
from vault.keyring import KeyDestroyed

log = logging.getLogger(__name__)

# Zoho's codes are good for a minute.
CODE_LIFE = timedelta(seconds=60)
TRY_AGAIN = timedelta(seconds=5)

# What another attempt does not help, and why nothing came of the visit then.
ENDS: dict[type[ZohoProblem], VisitEnd] = {
    GrantDenied: VisitEnd.SPENT,
    Misconfigured: VisitEnd.NOT_SET_UP,
    TokenRejected: VisitEnd.NOT_ALLOWED,
    NotAMember: VisitEnd.NOT_ALLOWED,
    NotThere: VisitEnd.NOT_ALLOWED,
    RequestRejected: VisitEnd.NOT_ALLOWED,
}


@dataclass(frozen=True, slots=True)
class _Claim:
    """One worker's turn at a visit. With `access_token` the code was traded before."""

    workspace_id: UUID
    visit_id: UUID
    person: Actor
    location: str
    received_at: datetime
    code: Secret | None
    verifier: Secret | None
    access_token: Secret | None
    scopes: frozenset[str]


def start_grant(*, actor: Actor, user_id: UUID, session_id: UUID | None, connection_id: UUID | None = None) -> str:
    """Where to send the person; with a connection, to allow access to its organisation again. In the workspace's scope.

    Raises Connection.DoesNotExist, Misconfigured, SyncsPaused, ConnectionsTaken.
    """
    access = zoho_access()
    if connection_id is None:
        require_place()
    else:
        Connection.objects.get(pk=connection_id, provider=Connection.Provider.ZOHO)
    visit: StartedVisit = start_visit(actor=actor, user_id=user_id, session_id=session_id, connection_id=connection_id)
    return consent_url(
        place_of(FIRST, access),
        access,
        redirect_uri=redirect_uri(),
        scopes=tuple(SCOPES),
        state=visit.state.reveal(),
        verifier=visit.verifier,
    )


def finish_grant(workspace_id: UUID, visit_id: UUID) -> None:
    """Go on with a visit whose person is back, or end one whose time is over. Does nothing when another worker is at it."""
    claim = _claim(workspace_id, visit_id)
    if claim is None:
        return
    try:
        token = claim.access_token or _trade(claim)
        if token is not None:
            _conclude(claim, token)
    except ZohoProblem as problem:
        log.warning("Grant visit %s: %s %s", visit_id, type(problem).__name__, problem.error_code)
        end = ENDS.get(type(problem))
        if end is None:
            _try_again(claim)
        else:
            _end(claim, VisitState.FAILED, end)
    except KeyDestroyed:
        raise
    except Exception:
        log.exception("Grant visit %s could not be finished", visit_id)
        _try_again(claim)


def _claim(workspace_id: UUID, visit_id: UUID) -> _Claim | None:
    with workspace_scope(workspace_id):
        visit = GrantVisit.objects.select_for_update().filter(pk=visit_id).first()
        now = timezone.now()
        if visit is None or not visit.is_open or visit.due_at is None or visit.due_at > now:
            return None
        person = Actor.person(visit.user_id)
        if visit.expires_at <= now:
            end_visit(actor=person, visit_id=visit.pk, state=VisitState.EXPIRED)
            return None
        if visit.state != VisitState.RECEIVED or visit.received_at is None:
            return None
        visit.due_at = now + CLAIM
        visit.save(update_fields=["due_at"])
        return _Claim(
            workspace_id=workspace_id,
            visit_id=visit_id,
            person=person,
            location=visit.location,
            received_at=visit.received_at,
            code=visit.code,
            verifier=visit.verifier,
            access_token=visit.access_token,
            scopes=frozenset(visit.scopes.split()),
        )


def _trade(claim: _Claim) -> Secret | None:
    """The access token that the code is worth, written down; None for one that allows too much, which is given back."""
    if claim.code is None or claim.verifier is None:
        return None
    with oauth_at(claim.workspace_id, claim.location) as oauth:
        tokens = oauth.exchange(claim.code, verifier=claim.verifier, redirect_uri=redirect_uri())
        # Where no scopes are named, they are those that were asked for (RFC 6749, 5.1).
        scopes = frozenset(SCOPES) if tokens.scopes is None else tokens.scopes
        try:
            with workspace_scope(claim.workspace_id):
                keep_tokens(actor=claim.person, visit_id=claim.visit_id, tokens=tokens, scopes=scopes)
        except Exception:
            # The code is spent: what cannot be kept is given back, or nobody could ever end this access.
            oauth.revoke(tokens.refresh_token or tokens.access_token)
            raise
    return _checked(claim, tokens, scopes)


def _checked(claim: _Claim, tokens: Tokens, scopes: frozenset[str]) -> Secret | None:
    if is_too_wide(scopes):
        _end(claim, VisitState.REFUSED, VisitEnd.TOO_WIDE)
        return None
    if tokens.refresh_token is None:
        _end(claim, VisitState.FAILED, VisitEnd.SPENT)
        return None
    return tokens.access_token


def _conclude(claim: _Claim, token: Secret) -> None:
    # A worker that died between writing down and checking leaves that to its successor.
    if is_too_wide(claim.scopes):
        _end(claim, VisitState.REFUSED, VisitEnd.TOO_WIDE)
        return
    with data_at(claim.workspace_id, claim.location, None) as client:
        found = organizations_in(client.get(ORGANIZATIONS, {}, token).json)
    with workspace_scope(claim.workspace_id):
        visit = GrantVisit.objects.get(pk=claim.visit_id)
        wanted = _wanted(visit)
    if wanted is not None:
        found = tuple(one for one in found if one.organization_id == wanted)
    if not found:
        is_other = wanted is not None
        state = VisitState.REFUSED if is_other else VisitState.FAILED
        _end(claim, state, VisitEnd.OTHER_ORGANIZATION if is_other else VisitEnd.NO_ORGANIZATION)
        return
    with workspace_scope(claim.workspace_id):
        if len(found) == 1:
            connect_organization(actor=claim.person, visit_id=claim.visit_id, organization=found[0])
        else:
            offer_organizations(actor=claim.person, visit_id=claim.visit_id, organizations=found)


def _wanted(visit: GrantVisit) -> str | None:
    """The organisation that is to be granted again, None where any will do."""
    if visit.connection_id is None:
        return None
    return str(Connection.objects.get(pk=visit.connection_id).facts.item_id)


def _try_again(claim: _Claim) -> None:
    """Once more in a moment, while the code is any good; what was traded has until the visit's time is over."""
    with workspace_scope(claim.workspace_id):
        visit = GrantVisit.objects.select_for_update().get(pk=claim.visit_id)
        now = timezone.now()
        if not visit.is_open:
            return
        if visit.access_token is None and now > claim.received_at + CODE_LIFE:
            end_visit(actor=claim.person, visit_id=visit.pk, state=VisitState.FAILED, end=VisitEnd.NOT_REACHED)
            return
        visit.due_at = now + TRY_AGAIN
        visit.save(update_fields=["due_at"])
        enqueue_after_commit(FINISH_GRANT, claim.workspace_id, claim.visit_id, seconds=TRY_AGAIN.total_seconds() + 0.5)


def _end(claim: _Claim, state: VisitState, end: VisitEnd) -> None:
    with workspace_scope(claim.workspace_id):
        end_visit(actor=claim.person, visit_id=claim.visit_id, state=state, end=end)
