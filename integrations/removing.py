"""Having a provider end an access: a claim, the call, and a note of what came of it, each for itself."""

import logging
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from accounts.access import workspace_scope
from audit.log import Actor
from integrations.actions.removals import complete_removal, put_off_removal
from integrations.gateway import plaid_for
from integrations.models import Connection, ItemRemoval, RemovalState
from integrations.providers.plaid_errors import ItemGone, PlaidProblem
from integrations.providers.secret import Secret
from integrations.providers.zoho_errors import ZohoProblem
from integrations.timing import CLAIM
from integrations.zoho_access import oauth_at

log = logging.getLogger(__name__)

ACTOR = Actor.system("disconnecting")


@dataclass(frozen=True, slots=True)
class _Access:
    """What is to end, and where."""

    provider: str
    location: str
    token: Secret


def end_item(workspace_id: UUID, removal_id: UUID, *, at_once: bool = False) -> bool:
    """Ask the provider to end an access; True once it has, or says that it knows none. `at_once`: the asker holds the claim.

    Whatever goes wrong, the token stays and the clock asks again.
    """
    access = _claim(workspace_id, removal_id, at_once=at_once)
    if access is None:
        return False
    try:
        _end(workspace_id, access)
    except ItemGone:
        log.info("Item of removal %s was ended before", removal_id)
    except (PlaidProblem, ZohoProblem) as problem:
        log.warning("Removal %s waits: %s", removal_id, problem.error_code)
        with workspace_scope(workspace_id):
            put_off_removal(actor=ACTOR, removal_id=removal_id)
        return False
    with workspace_scope(workspace_id):
        complete_removal(actor=ACTOR, removal_id=removal_id)
    return True


def _end(workspace_id: UUID, access: _Access) -> None:
    if access.provider == Connection.Provider.ZOHO:
        with oauth_at(workspace_id, access.location) as oauth:
            oauth.revoke(access.token)
    else:
        with plaid_for(workspace_id) as client:
            client.remove_item(access.token)


def _claim(workspace_id: UUID, removal_id: UUID, *, at_once: bool) -> _Access | None:
    with workspace_scope(workspace_id):
        removal = ItemRemoval.objects.select_for_update().filter(pk=removal_id, state=RemovalState.DUE).first()
        now = timezone.now()
        if removal is None or removal.due_at is None or not (at_once or removal.due_at <= now):
            return None
        removal.due_at = now + CLAIM
        removal.save(update_fields=["due_at"])
        token = removal.access_token
        return _Access(removal.provider, removal.location, token) if token is not None else None
