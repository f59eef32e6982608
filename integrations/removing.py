"""Having the provider end an item: a claim, the call, and a note of what came of it, each for itself."""

import logging
from uuid import UUID

from django.utils import timezone

from accounts.access import workspace_scope
from audit.log import Actor
from integrations.actions.removals import complete_removal, put_off_removal
from integrations.gateway import plaid_for
from integrations.models import ItemRemoval, RemovalState
from integrations.providers.plaid_errors import ItemGone, PlaidProblem
from integrations.providers.secret import Secret
from integrations.timing import CLAIM

log = logging.getLogger(__name__)

ACTOR = Actor.system("disconnecting")


def end_item(workspace_id: UUID, removal_id: UUID, *, at_once: bool = False) -> bool:
    """Ask the provider to end an item; True once it has, or says that it knows none. `at_once`: the asker holds the claim.

    Whatever goes wrong, the token stays and the clock asks again.
    """
    token = _claim(workspace_id, removal_id, at_once=at_once)
    if token is None:
        return False
    try:
        with plaid_for(workspace_id) as client:
            client.remove_item(token)
    except ItemGone:
        log.info("Item of removal %s was ended before", removal_id)
    except PlaidProblem as problem:
        log.warning("Removal %s waits: %s", removal_id, problem.error_code)
        with workspace_scope(workspace_id):
            put_off_removal(actor=ACTOR, removal_id=removal_id)
        return False
    with workspace_scope(workspace_id):
        complete_removal(actor=ACTOR, removal_id=removal_id)
    return True


def _claim(workspace_id: UUID, removal_id: UUID, *, at_once: bool) -> Secret | None:
    with workspace_scope(workspace_id):
        removal = ItemRemoval.objects.select_for_update().filter(pk=removal_id, state=RemovalState.DUE).first()
        now = timezone.now()
        if removal is None or removal.due_at is None or not (at_once or removal.due_at <= now):
            return None
        removal.due_at = now + CLAIM
        removal.save(update_fields=["due_at"])
        return removal.access_token
