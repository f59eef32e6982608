"""Asking for a mail: a sealed row now, in the caller's transaction, and words when the worker sends it.

Each kind has a template, templates/mail/<kind>.txt, whose first line is "Subject: …". It is given what `detail` holds, and
`site`, the product's own address, to begin a link with. Name no company, figure or other person in it: mail stays in
the open.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Mail, MailFacts
from accounts.queues import SEND_MAIL
from config.enqueueing import enqueue_after_commit
from vault.keyring import create_workspace_key
from vault.tenancy import SITE_ID, current_workspace_id, enter_workspace, scope_if_any

# A mail whose task got lost is found by the clock after this.
QUEUE_GRACE = timedelta(seconds=30)


@transaction.atomic
def request_mail(
    *, kind: str, user_id: UUID | None = None, address: str = "", detail: Mapping[str, str | int] | None = None
) -> None:
    """Send a mail to a person, or to an `address` that may belong to nobody, once this transaction is committed.

    Works in a workspace's scope, whose mail it then is, and outside any. `detail`: ids, codes and plain words.
    """
    with nullcontext() if scope_if_any() else enter_workspace(SITE_ID):
        if current_workspace_id() == SITE_ID:
            create_workspace_key()
        mail = Mail(kind=kind, user_id=user_id, due_at=timezone.now() + QUEUE_GRACE)
        mail.facts = MailFacts(address, dict(detail or {}))
        mail.save(force_insert=True)
        enqueue_after_commit(SEND_MAIL, mail.workspace_id, mail.pk)
