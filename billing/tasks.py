"""The worker's part. Tasks carry ids only, are acknowledged early, and may come twice or not at all: the clock repeats."""

import logging
from uuid import UUID

from celery import current_app, shared_task

from accounts.access import workspace_scope
from audit.log import Actor
from billing import following
from billing.actions.inbox import PROVIDER, delete_old_events
from billing.due import find_customers, find_due_events, find_old_events
from billing.problems import NotPossible, StripeProblem
from billing.queues import (
    DELETE_OLD_EVENTS,
    FIND_CUSTOMERS,
    FIND_DUE_EVENTS,
    FIND_OLD_EVENTS,
    HANDLE_EVENT,
    RECONCILE,
    REFRESH,
)
from billing.refreshing import refresh
from vault.quiet import ends_with_its_key

log = logging.getLogger(__name__)
# A worker that comes back finds no heap of the same.
SWEPT_SECONDS, NIGHT_SECONDS = 120, 12 * 3600


@shared_task(name=HANDLE_EVENT)
@ends_with_its_key
def handle_event(workspace_id: str, event_id: str) -> None:
    """Follow a stored event."""
    following.handle_event(UUID(workspace_id), UUID(event_id))


@shared_task(name=REFRESH)
@ends_with_its_key
def refresh_workspace(workspace_id: str) -> None:
    """Look at Stripe because somebody came back from it."""
    _look(workspace_id, Actor.provider(PROVIDER))


@shared_task(name=RECONCILE)
@ends_with_its_key
def reconcile(workspace_id: str) -> None:
    """Compare all that is known of a workspace's payments with Stripe, and set it right."""
    _look(workspace_id, Actor.system("reconciliation"), compare=True)


@shared_task(name=FIND_DUE_EVENTS)
def find_events() -> None:
    """Ask for all events that are due."""
    for workspace_id, event_id in find_due_events():
        current_app.send_task(HANDLE_EVENT, [str(workspace_id), str(event_id)], expires=SWEPT_SECONDS)


@shared_task(name=FIND_CUSTOMERS)
def find_payers() -> None:
    """Ask for the nightly comparison of every workspace that has ever gone to pay."""
    for workspace_id in find_customers():
        current_app.send_task(RECONCILE, [str(workspace_id)], expires=NIGHT_SECONDS)


@shared_task(name=DELETE_OLD_EVENTS)
@ends_with_its_key
def delete_events(workspace_id: str) -> None:
    """Forget a workspace's events of long ago."""
    with workspace_scope(UUID(workspace_id)):
        delete_old_events(actor=Actor.system("retention"))


@shared_task(name=FIND_OLD_EVENTS)
def find_events_of_old() -> None:
    """Ask for it in every workspace that keeps some."""
    for workspace_id in find_old_events():
        current_app.send_task(DELETE_OLD_EVENTS, [str(workspace_id)])


def _look(workspace_id: str, actor: Actor, *, compare: bool = False) -> None:
    try:
        refresh(UUID(workspace_id), actor=actor, compare=compare)
    except StripeProblem as problem:
        log.warning("Workspace %s was not looked at: %s", workspace_id, problem.code)
    except NotPossible:
        log.warning("Workspace %s was not looked at: paying is not set up here", workspace_id)
