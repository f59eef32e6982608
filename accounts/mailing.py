"""Sending mails: a crash loses none, and repeats one only where SMTP leaves no choice.

A row is claimed and committed, the mail is handed over, and the row is deleted as soon as the mail server has said that it
has the mail: before taking leave of it. Who dies before the mail was handed over has sent nothing, and who dies after the
note nothing more: another worker sends it once. Between the last byte of the mail and that note nobody can know whether the
server has it. Then it is sent again with the same Message-ID, by which most mailboxes show it once. A server that is slow to
answer is waited for, as asking again would be a second mail.
"""

import logging
import smtplib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions.mails import complete_mail, drop_mail, put_off_mail
from accounts.mail import QUEUE_GRACE
from accounts.models import DELETED_DOMAIN, Mail, User
from audit.log import Actor
from vault.keyring import destroyed_workspace_ids

log = logging.getLogger(__name__)

ACTOR = Actor.system("mail")
SUBJECT = "Subject: "
# As long as a worker may take over one mail before another takes its place.
CLAIM = timedelta(minutes=3)
# How long each answer of a mail server may take once it has let us in; all of them together take less than CLAIM.
ANSWER_SECONDS = 30
# A code that comes later would not be taken any more.
CODE_LIFE = timedelta(minutes=10)
# Asked for so that an unknown address takes as long as a known one; nobody gets it.
NEVER_SENT = frozenset({"unknown_account"})


def send_mail(workspace_id: UUID, mail_id: UUID) -> None:
    """Send one mail that is due. A mail server that is away is tried again; a mail for nobody is dropped."""
    message = _claim(workspace_id, mail_id)
    if message is None:
        return
    server = get_connection()
    try:
        _hand_over(server, message)
    except (OSError, smtplib.SMTPException) as error:
        # The server's words may hold an address, so its kind of answer is all that is kept.
        log.warning("Mail %s could not be sent: %s", mail_id, type(error).__name__)
        with workspace_scope(workspace_id):
            put_off_mail(actor=ACTOR, mail_id=mail_id)
    else:
        with workspace_scope(workspace_id):
            complete_mail(actor=ACTOR, mail_id=mail_id)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.close()


def find_due() -> Iterator[tuple[UUID, UUID]]:
    """The workspace and id of each mail that is due, where the workspace still has its key. Asked as the scheduler."""
    destroyed = destroyed_workspace_ids()
    due = Mail.objects.using("scheduler").filter(due_at__lte=timezone.now())
    for workspace_id, mail_id in due.values_list("workspace_id", "id"):
        if workspace_id not in destroyed:
            yield workspace_id, mail_id


def _claim(workspace_id: UUID, mail_id: UUID) -> EmailMessage | None:
    with workspace_scope(workspace_id):
        mail = Mail.objects.select_for_update().filter(pk=mail_id).first()
        now = timezone.now()
        # A new one is due in moments; what is due later is being sent by another worker, or was put off.
        if mail is None or mail.due_at > now + QUEUE_GRACE:
            return None
        address = mail.facts.address or _address_of(mail.user_id)
        if not address or mail.kind in NEVER_SENT or _is_too_late(mail):
            drop_mail(actor=ACTOR, mail_id=mail_id)
            return None
        mail.due_at = now + CLAIM
        mail.save(update_fields=["due_at"])
        return _message(mail, address)


def _hand_over(server: Any, message: EmailMessage) -> None:
    """Returns once the server has the mail, still connected: taking leave takes time, and the note is not to wait for it."""
    server.open()
    socket = getattr(getattr(server, "connection", None), "sock", None)
    if socket is not None:
        socket.settimeout(ANSWER_SECONDS)
    server.send_messages([message])


def _is_too_late(mail: Mail) -> bool:
    return "code" in mail.facts.detail and mail.created_at < timezone.now() - CODE_LIFE


def _address_of(user_id: UUID | None) -> str:
    people = User.objects.exclude(email__endswith=f"@{DELETED_DOMAIN}")
    return people.filter(pk=user_id).values_list("email", flat=True).first() or "" if user_id else ""


def _message(mail: Mail, address: str) -> EmailMessage:
    subject, body = render_mail(mail.kind, mail.facts.detail)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<mail-{mail.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject=subject, body=body, to=[address], headers=headers)


def render_mail(kind: str, detail: dict[str, str | int]) -> tuple[str, str]:
    """Subject and words of a mail. Raises TemplateDoesNotExist for a kind without a template or a subject."""
    name = f"mail/{kind}.txt"
    first, _, body = render_to_string(name, {**detail, "site": settings.BASE_URL}).partition("\n")
    if not first.startswith(SUBJECT):
        raise TemplateDoesNotExist(name)
    return first.removeprefix(SUBJECT).strip(), body.strip() + "\n"
