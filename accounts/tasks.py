"""The worker's part: mails, and forgetting what has ended. Tasks carry ids only, and may come twice or not at all."""

from uuid import UUID

from celery import current_app, shared_task

from accounts import mailing, once_keys, quarterly, sign_in_copies
from accounts.access import workspace_scope
from accounts.actions.people import forget_unproven_accounts
from accounts.actions.sessions import forget_ended_sessions
from accounts.queues import (
    COMPLETE_DELETION,
    COMPLETE_OFFER,
    COPY_SIGN_INS,
    FIND_BY_CALENDAR,
    FIND_DUE_MAILS,
    FIND_OLD_ONCE_KEYS,
    FORGET_ONCE_KEYS,
    FORGET_SESSIONS,
    FORGET_UNPROVEN,
    OPEN_REVIEW,
    REMIND_REVIEWERS,
    SEND_MAIL,
)
from audit.log import Actor
from vault.quiet import ends_with_its_key


@shared_task(name=SEND_MAIL)
@ends_with_its_key
def send_mail(workspace_id: str, mail_id: str) -> None:
    """Send a mail, if it waits to be sent."""
    mailing.send_mail(UUID(workspace_id), UUID(mail_id))


@shared_task(name=FIND_DUE_MAILS)
def find_due_mails() -> None:
    """Ask for each mail whose time has come: the scheduler's ids, handed on."""
    for workspace_id, mail_id in mailing.find_due():
        current_app.send_task(SEND_MAIL, [str(workspace_id), str(mail_id)])


@shared_task(name=COPY_SIGN_INS)
def copy_sign_ins() -> None:
    """Tell the workspaces of people how these came in."""
    sign_in_copies.copy_sign_ins()


@shared_task(name=FORGET_SESSIONS)
def forget_sessions() -> None:
    """Delete sessions that have ended."""
    forget_ended_sessions(actor=Actor.system("retention"))


@shared_task(name=FORGET_UNPROVEN)
def forget_unproven() -> None:
    """Delete accounts whose address was never proven."""
    forget_unproven_accounts(actor=Actor.system("retention"))


@shared_task(name=FIND_BY_CALENDAR)
def find_by_calendar() -> None:
    """Ask for all that the calendar has made due."""
    for name, ids in quarterly.find_due():
        current_app.send_task(name, [str(one) for one in ids])


@shared_task(name=OPEN_REVIEW)
@ends_with_its_key
def open_review(workspace_id: str) -> None:
    """Open a workspace's review of this quarter."""
    quarterly.open_quarters_review(UUID(workspace_id))


@shared_task(name=REMIND_REVIEWERS)
@ends_with_its_key
def remind_reviewers(workspace_id: str, review_id: str) -> None:
    """Remind those who may decide of an open review."""
    quarterly.remind(UUID(workspace_id), UUID(review_id))


@shared_task(name=COMPLETE_OFFER)
@ends_with_its_key
def complete_offer(workspace_id: str, offer_id: str) -> None:
    """Carry out an offer of ownership whose wait is over."""
    quarterly.complete_offer(UUID(workspace_id), UUID(offer_id))


@shared_task(name=COMPLETE_DELETION)
def complete_deletion(deletion_id: str) -> None:
    """Delete an account whose cooling-off is over."""
    quarterly.complete_deletion(UUID(deletion_id))


@shared_task(name=FIND_OLD_ONCE_KEYS)
def find_old_once_keys() -> None:
    """Ask for it wherever keys of a day ago are kept, also where the workspace has no key any more: none is opened."""
    for workspace_id in once_keys.find_old_keys():
        current_app.send_task(FORGET_ONCE_KEYS, [str(workspace_id)])


@shared_task(name=FORGET_ONCE_KEYS)
def forget_once_keys(workspace_id: str) -> None:
    """Forget under which keys a workspace's deeds were asked for a day ago."""
    with workspace_scope(UUID(workspace_id)):
        once_keys.forget_old_keys()
