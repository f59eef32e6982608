"""The worker's part. Tasks carry ids only, are acknowledged early, and may come twice or not at all: the sweeper repeats."""

from typing import Any
from uuid import UUID

from celery import current_app, shared_task
from celery.signals import worker_ready

from accounts.access import workspace_scope
from audit.log import Actor
from integrations import linking
from integrations.actions.receipts import PROVIDER, handle_receipt
from integrations.actions.syncs import request_sync
from integrations.models import Connection, Trigger
from integrations.queues import FINISH_LINK, HANDLE_WEBHOOK, REQUEST_DUE_SYNC, RUN_SYNC, SWEEP
from integrations.sync import run
from integrations.sync.due import find_due, is_due


@shared_task(name=RUN_SYNC)
def run_sync(workspace_id: str, run_id: str) -> None:
    """Carry out a run, if it waits for a worker."""
    run.run_sync(UUID(workspace_id), UUID(run_id))


@shared_task(name=REQUEST_DUE_SYNC)
def request_due_sync(workspace_id: str, connection_id: str) -> None:
    """Start the scheduled run of a connection whose time has come."""
    with workspace_scope(UUID(workspace_id)):
        connection = Connection.objects.select_for_update(no_key=True).filter(pk=connection_id).first()
        if connection is not None and is_due(connection):
            request_sync(actor=Actor.system("schedule"), connection_id=connection.pk, trigger=Trigger.SCHEDULE)


@shared_task(name=FINISH_LINK)
def finish_link(workspace_id: str, session_id: str) -> None:
    """Find out what came of a visit to a bank's page."""
    linking.finish_link(UUID(workspace_id), UUID(session_id))


@shared_task(name=HANDLE_WEBHOOK)
def handle_webhook(workspace_id: str, receipt_id: str) -> None:
    """Do what a stored webhook hints at."""
    with workspace_scope(UUID(workspace_id)):
        handle_receipt(actor=Actor.provider(PROVIDER), receipt_id=UUID(receipt_id))


@shared_task(name=SWEEP)
def sweep() -> None:
    """Ask for all that is due: the scheduler's ids, handed on."""
    for due in find_due():
        current_app.send_task(due.task, [str(due.workspace_id), str(due.object_id)])


@worker_ready.connect
def sweep_at_start(**_: Any) -> None:
    """A worker that starts takes up at once what the last one left."""
    current_app.send_task(SWEEP)
