"""Names of the ledger's tasks, and the one way its actions ask for them: by name, after the commit, with ids only."""

from config.enqueueing import enqueue_after_commit
from vault.tenancy import current_workspace_id

REBUILD_MONTHS = "ledger.rebuild_months"
FIND_STALE_SHEETS = "ledger.find_stale_sheets"


def enqueue_rebuild() -> None:
    """Ask the worker, once this transaction is committed, to rebuild the stale months of the workspace in scope."""
    enqueue_after_commit(REBUILD_MONTHS, current_workspace_id())
