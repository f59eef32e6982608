"""Names of the accounts' tasks. They are asked for by name, after the commit, with ids and nothing else."""

from functools import partial
from uuid import UUID

from celery import current_app
from django.db import transaction

SEND_MAIL = "accounts.send_mail"
FIND_DUE_MAILS = "accounts.find_due_mails"
FORGET_SESSIONS = "accounts.forget_sessions"
FORGET_UNPROVEN = "accounts.forget_unproven"
FIND_BY_CALENDAR = "accounts.find_by_calendar"
OPEN_REVIEW = "accounts.open_review"
REMIND_REVIEWERS = "accounts.remind_reviewers"
COMPLETE_OFFER = "accounts.complete_offer"
COMPLETE_DELETION = "accounts.complete_deletion"


def enqueue_after_commit(name: str, *ids: UUID) -> None:
    """Ask for a task once this transaction is committed. A queue that is away is no error: the clock finds the work."""
    transaction.on_commit(partial(current_app.send_task, name, [str(one) for one in ids]), robust=True)
