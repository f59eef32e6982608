"""Names of the ledger's tasks, and the one way its actions ask for them: by name, after the commit, with ids only."""

from functools import partial

from celery import current_app
from django.db import transaction

from vault.tenancy import current_workspace_id

REBUILD_MONTHS = "ledger.rebuild_months"
FIND_STALE_SHEETS = "ledger.find_stale_sheets"


def enqueue_rebuild() -> None:
    """Ask the worker, once this transaction is committed, to rebuild the stale months of the workspace in scope."""
    workspace_id = str(current_workspace_id())
    # The sweep finds the months later if the broker cannot be reached now.
    transaction.on_commit(partial(current_app.send_task, REBUILD_MONTHS, [workspace_id]), robust=True)
