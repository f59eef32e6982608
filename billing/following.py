"""Following an event: a claim, a look at Stripe, and a note of what came of it, each for itself."""

import logging
from uuid import UUID

from accounts.access import workspace_scope
from audit.log import Actor
from billing.actions.inbox import PROVIDER, claim_event, complete_event, put_off_event
from billing.problems import NotPossible, StripeProblem
from billing.refreshing import refresh
from vault.keyring import KeyDestroyed

log = logging.getLogger(__name__)
ACTOR = Actor.provider(PROVIDER)


def handle_event(workspace_id: UUID, event_id: UUID) -> None:
    """Does nothing where it was done already, or another worker is at it. Whatever goes wrong, the event stays."""
    with workspace_scope(workspace_id):
        claim = claim_event(event_id=event_id)
    if claim is None:
        return
    try:
        if not claim.is_seen:
            refresh(workspace_id, actor=ACTOR)
    except StripeProblem as problem:
        _put_off(workspace_id, event_id, problem.code)
    except NotPossible:
        _put_off(workspace_id, event_id, "not_set_up")
    except KeyDestroyed:
        raise
    except Exception:
        log.exception("Event %s could not be followed", event_id)
        _put_off(workspace_id, event_id, "error")
    else:
        with workspace_scope(workspace_id):
            complete_event(event_id=event_id)


def _put_off(workspace_id: UUID, event_id: UUID, problem: str) -> None:
    log.warning("Event %s waits: %s", event_id, problem)
    with workspace_scope(workspace_id):
        put_off_event(actor=ACTOR, event_id=event_id, problem=problem)
