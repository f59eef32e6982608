"""Work that earlier tests have left due: a worker that starts takes up all that is due in the database, and would do it."""

from datetime import timedelta

from django.utils import timezone

from accounts.access import workspace_scope
from integrations.models import Connection, GrantVisit, LinkSession, SyncRun, WebhookReceipt

WITH_WORK = (SyncRun, Connection, LinkSession, GrantVisit, WebhookReceipt)
LONG = timedelta(days=1)


def put_off_leftovers() -> int:
    """Have nothing be due for a day but what comes from now on; how many objects that was."""
    count = 0
    for model in WITH_WORK:
        due = model._default_manager.using("scheduler").filter(due_at__isnull=False).values_list("workspace_id", "id")
        for workspace_id, object_id in due:
            with workspace_scope(workspace_id):
                count += model._default_manager.filter(pk=object_id).update(due_at=timezone.now() + LONG)
    return count
