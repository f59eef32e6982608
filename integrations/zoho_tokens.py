"""Access tokens of a Zoho grant: kept sealed, shared by all workers, and renewed by one of them at a time.

Whoever finds the token old takes a lease on the grant by compare-and-swap, committed before Zoho is asked; the others read
the grant again until the new token is there, for ten seconds at most. Zoho allows few renewals, so a refusal is kept to:
after "too many" nobody asks for a minute, and a grant that is over is not asked for again until a person grants anew.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.access import workspace_scope
from integrations.models import ZohoGrant
from integrations.providers.secret import Secret
from integrations.providers.zoho_errors import GrantDenied, Throttled, ZohoProblem
from integrations.providers.zoho_oauth import Tokens
from integrations.zoho_access import oauth_at

log = logging.getLogger(__name__)

# An hour's token is renewed after 55 minutes.
EARLY = timedelta(minutes=5)
LEASE = timedelta(seconds=30)
PAUSE = timedelta(seconds=60)
LONGEST_WAIT_SECONDS = 10.0
LOOK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class _Turn:
    """One worker's right to renew a grant's token, until `until`."""

    until: datetime
    location: str
    refresh_token: Secret


def access_token(workspace_id: UUID, connection_id: UUID) -> Secret:
    """The connection's access token, good for minutes at least. Outside transactions; may take twenty seconds.

    Raises GrantDenied when only a person can help, Throttled, Down, BadAnswer, Misconfigured.
    """
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while True:
        found = _token_or_turn(workspace_id, connection_id)
        if isinstance(found, Secret):
            return found
        if found is not None:
            return _renew(workspace_id, connection_id, found)
        if time.monotonic() > deadline:
            raise Throttled("renewal_under_way", int(PAUSE.total_seconds()))
        time.sleep(LOOK_AGAIN_SECONDS)


def forget_access_token(workspace_id: UUID, connection_id: UUID, rejected: Secret) -> None:
    """Zoho did not take this token: the next to ask renews it, unless somebody has done so meanwhile."""
    with workspace_scope(workspace_id):
        grant = ZohoGrant.objects.select_for_update().filter(connection_id=connection_id).first()
        if grant is not None and grant.access_token == rejected:
            grant.access_token, grant.access_expires_at = None, None
            grant.save(update_fields=["access_token", "access_expires_at"])


def expiry_of(tokens: Tokens) -> datetime:
    """Until when a token that was given now is used."""
    return timezone.now() + max(timedelta(seconds=tokens.expires_in) - EARLY, timedelta(seconds=30))


def _token_or_turn(workspace_id: UUID, connection_id: UUID) -> Secret | _Turn | None:
    """The token if it is good, else this worker's turn to renew it, or None while it is another's."""
    with workspace_scope(workspace_id):
        grant = ZohoGrant.objects.filter(connection_id=connection_id).first()
        if grant is None or grant.refresh_token is None or grant.denied_at is not None:
            raise GrantDenied
        now = timezone.now()
        if grant.access_token is not None and grant.access_expires_at is not None and grant.access_expires_at > now:
            return grant.access_token
        if grant.refreshing_until is not None and grant.refreshing_until > now + LEASE:
            raise Throttled("renewal_paused", ceil((grant.refreshing_until - now).total_seconds()))
        until = now + LEASE
        free = ZohoGrant.objects.filter(Q(refreshing_until=None) | Q(refreshing_until__lte=now), pk=grant.pk)
        # The token that was read above may be renewed by now, and then there is nothing to do.
        same = free.filter(access_expires_at=grant.access_expires_at)
        if same.update(refreshing_until=until) == 1:
            return _Turn(until, grant.location, grant.refresh_token)
    return None


def _renew(workspace_id: UUID, connection_id: UUID, turn: _Turn) -> Secret:
    problem: ZohoProblem
    try:
        with oauth_at(workspace_id, turn.location) as oauth:
            tokens = oauth.refresh(turn.refresh_token)
    except ZohoProblem as found:
        problem = found
    else:
        _keep(workspace_id, connection_id, turn, tokens)
        return tokens.access_token
    log.warning("The access token of connection %s was not renewed: %s", connection_id, problem.error_code)
    _give_up_turn(workspace_id, connection_id, turn, problem)
    if isinstance(problem, Throttled):
        raise Throttled(problem.error_code, int(PAUSE.total_seconds()))
    raise problem


def _keep(workspace_id: UUID, connection_id: UUID, turn: _Turn, tokens: Tokens) -> None:
    """Quiet when the turn was over meanwhile: the grant is another's to renew, or is gone."""
    with workspace_scope(workspace_id):
        grant = _mine(connection_id, turn)
        if grant is not None:
            grant.access_token, grant.access_expires_at = tokens.access_token, expiry_of(tokens)
            grant.refreshing_until = None
            grant.save(update_fields=["access_token", "access_expires_at", "refreshing_until"])


def _give_up_turn(workspace_id: UUID, connection_id: UUID, turn: _Turn, problem: ZohoProblem) -> None:
    with workspace_scope(workspace_id):
        grant = _mine(connection_id, turn)
        if grant is not None:
            now = timezone.now()
            grant.refreshing_until = now + PAUSE if isinstance(problem, Throttled) else None
            grant.denied_at = now if isinstance(problem, GrantDenied) else None
            grant.save(update_fields=["refreshing_until", "denied_at"])


def _mine(connection_id: UUID, turn: _Turn) -> ZohoGrant | None:
    held = ZohoGrant.objects.select_for_update().filter(connection_id=connection_id, refreshing_until=turn.until)
    grant = held.first()
    return grant if grant is not None and grant.refresh_token == turn.refresh_token else None
