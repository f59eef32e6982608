"""Names of the integrations' tasks. They are asked for by name, after the commit, with ids and nothing else."""

from functools import partial
from uuid import UUID

from celery import current_app
from django.db import transaction

RUN_SYNC = "integrations.run_sync"
REQUEST_DUE_SYNC = "integrations.request_due_sync"
FINISH_LINK = "integrations.finish_link"
FINISH_GRANT = "integrations.finish_grant"
HANDLE_WEBHOOK = "integrations.handle_webhook"
END_ITEM = "integrations.end_item"
SEND_ALERT = "integrations.send_alert"
SWEEP = "integrations.sweep"
FIND_OLD_RECEIPTS = "integrations.find_old_receipts"
DELETE_OLD_RECEIPTS = "integrations.delete_old_receipts"


def enqueue_after_commit(name: str, *ids: UUID, seconds: float = 0) -> None:
    """Ask for a task once this transaction is committed, `seconds` later.

    A queue that cannot be reached then is no error: the row says when it is due, and the sweeper finds it.
    """
    send = partial(current_app.send_task, name, [str(one) for one in ids], countdown=seconds or None)
    transaction.on_commit(send, robust=True)
