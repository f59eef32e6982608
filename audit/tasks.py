"""The linker's work: every few seconds, and never with more than ids in its arguments."""

from uuid import UUID

from celery import current_app, shared_task
from django.db import transaction

from audit.chain import link_events
from audit.models import Pending
from audit.queues import LINK_WAITING, LINK_WORKSPACE
from vault.tenancy import enter_workspace


@shared_task(name=LINK_WAITING)
def link_waiting() -> None:
    """Find the workspaces with events to link, as the scheduler, and hand on their ids."""
    waiting = Pending.objects.using("scheduler").values_list("workspace_id", flat=True).distinct()
    for workspace_id in waiting:
        current_app.send_task(LINK_WORKSPACE, [str(workspace_id)])


@shared_task(name=LINK_WORKSPACE)
def link_workspace(workspace_id: str) -> None:
    """Link one workspace's waiting events."""
    with transaction.atomic(), enter_workspace(UUID(workspace_id)):
        link_events()
