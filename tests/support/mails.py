"""Mails as people get them: what waits is sent in this process, through the very code that the worker runs."""

import re
from pathlib import Path
from uuid import UUID

from django.core import mail
from django.core.mail import EmailMessage

from accounts.access import workspace_scope
from accounts.mailing import send_mail
from accounts.models import Mail
from tests.support.waiting import wait_until
from vault.tenancy import SITE_ID

CODE = re.compile(r"Your code is (\S+)")


def waiting_mails(workspace_id: UUID = SITE_ID) -> list[Mail]:
    """The mails of a workspace, or of the site, that were not sent yet, oldest first."""
    with workspace_scope(workspace_id):
        return list(Mail.objects.order_by("created_at"))


def mails_to(address: str, workspace_id: UUID = SITE_ID) -> list[EmailMessage]:
    """All mails to an address so far, after sending what waits."""
    for waiting in waiting_mails(workspace_id):
        send_mail(workspace_id, waiting.pk)
    return [message for message in getattr(mail, "outbox", []) if message.to == [address]]


def code_to(address: str) -> str:
    """The code in the last mail to an address that holds one."""
    return [found[1] for message in mails_to(address) if (found := CODE.search(str(message.body)))][-1]


def code_in_folder(folder: Path, address: str) -> str:
    """The newest code that a worker in another process has sent to an address, by files. Waits for it."""
    found: list[str] = []

    def look() -> bool:
        for file in sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns):
            text = file.read_text()
            if f"To: {address}" in text and (code := CODE.search(text)):
                found.append(code[1])
        return bool(found)

    wait_until(look, f"a mail with a code to {address}")
    return found[-1]
