"""The worker's part. Tasks carry ids only, are acknowledged early, and may come twice or not at all: the sweeper repeats."""

from typing import Any
from uuid import UUID

from celery import current_app, shared_task
from celery.signals import worker_ready

from accounts.access import workspace_scope
from accounts.queues import RESUME_SYNCS
from audit.log import Actor
from integrations import alerting, granting, linking, removing
from integrations.actions.allowance import resume_syncs
from integrations.actions.receipts import PROVIDER, delete_old_receipts, handle_receipt
from integrations.actions.syncs import sync_when_allowed
from integrations.models import Connection, Trigger
from integrations.queues import (
    DELETE_OLD_RECEIPTS,
    END_ITEM,
    FIND_OLD_RECEIPTS,
    FINISH_GRANT,
    FINISH_LINK,
    HANDLE_WEBHOOK,
    REQUEST_DUE_SYNC,
    RUN_SYNC,
    SEND_ALERT,
    SWEEP,
)
from integrations.sync import run
from integrations.sync.due import find_due, find_old_receipts, is_due
from vault.quiet import ends_with_its_key

# Some sweeps long: a worker that is busy misses none of them.
SWEPT_SECONDS = 60


@shared_task(name=RUN_SYNC)
@ends_with_its_key
def run_sync(workspace_id: str, run_id: str) -> None:
    """Carry out a run, if it waits for a worker."""
    run.run_sync(UUID(workspace_id), UUID(run_id))


@shared_task(name=REQUEST_DUE_SYNC)
@ends_with_its_key
def request_due_sync(workspace_id: str, connection_id: str) -> None:
    """Start the scheduled run of a connection whose time has come."""
    with workspace_scope(UUID(workspace_id)):
        connection = Connection.objects.select_for_update(no_key=True).filter(pk=connection_id).first()
        if connection is not None and is_due(connection):
            schedule = Actor.system("schedule")
            sync_when_allowed(actor=schedule, connection_id=connection.pk, trigger=Trigger.SCHEDULE)


@shared_task(name=RESUME_SYNCS)
@ends_with_its_key
def resume_paused_syncs(workspace_id: str) -> None:
    """Read again what a workspace without a plan was not given."""
    with workspace_scope(UUID(workspace_id)):
        resume_syncs(actor=Actor.system("schedule"))


@shared_task(name=FINISH_LINK)
@ends_with_its_key
def finish_link(workspace_id: str, session_id: str) -> None:
    """Find out what came of a visit to a bank's page."""
    linking.finish_link(UUID(workspace_id), UUID(session_id))


@shared_task(name=FINISH_GRANT)
@ends_with_its_key
def finish_grant(workspace_id: str, visit_id: str) -> None:
    """Make of a visit to Zoho what it is good for."""
    granting.finish_grant(UUID(workspace_id), UUID(visit_id))


@shared_task(name=HANDLE_WEBHOOK)
@ends_with_its_key
def handle_webhook(workspace_id: str, receipt_id: str) -> None:
    """Do what a stored webhook hints at."""
    with workspace_scope(UUID(workspace_id)):
        handle_receipt(actor=Actor.provider(PROVIDER), receipt_id=UUID(receipt_id))


@shared_task(name=END_ITEM)
@ends_with_its_key
def end_item(workspace_id: str, removal_id: str) -> None:
    """Ask a provider to end an access."""
    removing.end_item(UUID(workspace_id), UUID(removal_id))


@shared_task(name=SEND_ALERT)
@ends_with_its_key
def send_alert(workspace_id: str, alert_id: str) -> None:
    """Send a mail that a connection needs a person."""
    alerting.send_alert(UUID(workspace_id), UUID(alert_id))


@shared_task(name=DELETE_OLD_RECEIPTS)
@ends_with_its_key
def delete_receipts(workspace_id: str) -> None:
    """Forget a workspace's webhooks of long ago."""
    with workspace_scope(UUID(workspace_id)):
        delete_old_receipts(actor=Actor.system("retention"))


@shared_task(name=FIND_OLD_RECEIPTS)
def find_receipts() -> None:
    """Ask for it in every workspace that keeps some."""
    for workspace_id in find_old_receipts():
        current_app.send_task(DELETE_OLD_RECEIPTS, [str(workspace_id)])


@shared_task(name=SWEEP)
def sweep() -> None:
    """Ask for all that is due: the scheduler's ids, handed on. What no worker takes soon is asked for by another sweep, so
    that however long no worker is there, one that comes back finds no heap of the same.
    """
    for due in find_due():
        current_app.send_task(due.task, [str(due.workspace_id), str(due.object_id)], expires=SWEPT_SECONDS)


@worker_ready.connect
def sweep_at_start(**_: Any) -> None:
    """A worker that starts takes up at once what the last one left."""
    current_app.send_task(SWEEP)
