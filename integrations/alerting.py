"""Sending the mails that a connection to a bank or to books needs a person.

At least once: a worker that dies between the mail server's thanks and its own note sends the mail again, with the same
Message-ID. The words name neither the bank or company nor any figure, as mail travels and stays in the open.
"""

import logging
import smtplib
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.models import Membership, Workspace
from accounts.permissions import Permission
from audit.log import Actor
from integrations.actions.alerts import complete_alert, put_off_alert
from integrations.models import Alert, AlertKind, AlertState
from integrations.timing import CLAIM, QUEUE_GRACE
from vault.tenancy import current_workspace_id

log = logging.getLogger(__name__)

ACTOR = Actor.system("alerts")
SUBJECTS = {
    AlertKind.NEEDED: "A bank connection needs you",
    AlertKind.ENDING: "A bank connection will end soon",
}
OF_BOOKS = "A connection to your books needs you"


def send_alert(workspace_id: UUID, alert_id: UUID) -> None:
    """Send one mail that is due; one that is no longer needed is dropped. A mail server that is away is tried again."""
    message = _claim(workspace_id, alert_id)
    if message is None:
        return
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        # The server's words may hold an address, so its kind of answer is all that is kept.
        log.warning("Alert %s could not be sent: %s", alert_id, type(error).__name__)
        with workspace_scope(workspace_id):
            put_off_alert(actor=ACTOR, alert_id=alert_id)
        return
    with workspace_scope(workspace_id):
        complete_alert(actor=ACTOR, alert_id=alert_id)


def _claim(workspace_id: UUID, alert_id: UUID) -> EmailMessage | None:
    with workspace_scope(workspace_id):
        alert = Alert.objects.select_for_update().filter(pk=alert_id, state=AlertState.DUE).first()
        if alert is None:
            return None
        now = timezone.now()
        # A new one is due in moments; what is due later is being sent by another worker, or was put off.
        if alert.due_at is not None and alert.due_at > now + QUEUE_GRACE:
            return None
        address = _address_of(alert.user_id)
        if address is None or alert.closed_at is not None:
            alert.state, alert.due_at = AlertState.DROPPED, None
            alert.save(update_fields=["state", "due_at"])
            return None
        alert.due_at = now + CLAIM
        alert.save(update_fields=["due_at"])
        return _message(alert, address)


def _address_of(user_id: UUID) -> str | None:
    """The address of a person who may still help."""
    member = Membership.objects.select_related("user").filter(user_id=user_id, user__is_active=True).first()
    return member.user.email if member is not None and member.may(Permission.MANAGE_CONNECTIONS) else None


def _message(alert: Alert, address: str) -> EmailMessage:
    slug = Workspace.objects.get(pk=current_workspace_id()).slug
    page = settings.BASE_URL + reverse("integrations:connections", kwargs={"slug": slug})
    kind, is_books = AlertKind(alert.kind), alert.connection.is_books
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return EmailMessage(
        subject=OF_BOOKS if is_books else SUBJECTS[kind],
        body=render_to_string(
            "mail/bank_needs_person.txt",
            {"is_ending": kind == AlertKind.ENDING, "is_books": is_books, "page": page},
        ),
        to=[address],
        headers={"Message-ID": f"<alert-{alert.pk}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
