"""What becomes of a mail that was asked for. A mail that is done with is deleted; the record keeps that it was sent."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Mail
from audit.log import Actor, Target, record
from audit.models import Event
from config.waiting import grown

MOST_ATTEMPTS = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)


@transaction.atomic
def complete_mail(*, actor: Actor, mail_id: UUID) -> None:
    """The mail has been handed to the mail server. In the scope of its workspace."""
    mail = Mail.objects.select_for_update().filter(pk=mail_id).first()
    if mail is None:
        return
    _record(actor, mail, "accounts.mail.sent", Event.Outcome.SUCCEEDED)
    mail.delete()


@transaction.atomic
def put_off_mail(*, actor: Actor, mail_id: UUID) -> None:
    """The mail server did not take it: it is tried again, ever more rarely, and then no more."""
    mail = Mail.objects.select_for_update().filter(pk=mail_id).first()
    if mail is None:
        return
    mail.attempts += 1
    if mail.attempts >= MOST_ATTEMPTS:
        _record(actor, mail, "accounts.mail.given_up", Event.Outcome.FAILED)
        mail.delete()
        return
    mail.due_at = timezone.now() + grown(FIRST_WAIT, mail.attempts, LONGEST_WAIT)
    mail.save(update_fields=["attempts", "due_at"])


@transaction.atomic
def drop_mail(*, actor: Actor, mail_id: UUID) -> None:
    """Nobody is to get it, or it would come too late. Not recorded: that would tell known addresses from unknown ones."""
    Mail.objects.filter(pk=mail_id).delete()


def _record(actor: Actor, mail: Mail, action: str, outcome: Event.Outcome) -> None:
    target = Target("user", mail.user_id) if mail.user_id else None
    record(actor=actor, action=action, target=target, detail={"kind": mail.kind}, outcome=outcome)
