"""The worker's part: stale months are rebuilt from their rows, each in a transaction of its own."""

from datetime import timedelta
from uuid import UUID

from celery import current_app, shared_task
from django.utils import timezone

from accounts.access import workspace_scope
from ledger.kinds import Book
from ledger.models import SheetHead
from ledger.queues import FIND_STALE_SHEETS, REBUILD_MONTHS
from ledger.sheets.rebuild import list_stale_months, rebuild_month
from vault.keyring import destroyed_workspace_ids
from vault.quiet import ends_with_its_key

# A run rebuilds its own months at its end; what stays stale for longer was left behind by a crash.
LEFT_BEHIND_AFTER = timedelta(minutes=10)


@shared_task(name=REBUILD_MONTHS)
@ends_with_its_key
def rebuild_months(workspace_id: str) -> None:
    """Rebuild every stale month of one workspace."""
    workspace = UUID(workspace_id)
    for book in Book:
        with workspace_scope(workspace):
            months = list_stale_months(book)
        for month in months:
            with workspace_scope(workspace):
                rebuild_month(book=book, month=month)


@shared_task(name=FIND_STALE_SHEETS)
def find_stale_sheets() -> None:
    """Find, as the scheduler, the workspaces with months that nobody rebuilt, and hand on their ids."""
    before = timezone.now() - LEFT_BEHIND_AFTER
    waiting = SheetHead.objects.using("scheduler").filter(stale_since__lt=before)
    destroyed = destroyed_workspace_ids()
    for workspace_id in set(waiting.values_list("workspace_id", flat=True)) - destroyed:
        current_app.send_task(REBUILD_MONTHS, [str(workspace_id)])
