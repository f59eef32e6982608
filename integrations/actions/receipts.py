"""Webhooks: stored first, then done what they hint at. What they say of the data is asked for again through the client."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor
from integrations.actions.connections import note_ending
from integrations.actions.links import request_finish
from integrations.actions.syncs import NotConnected, request_sync
from integrations.models import ReceiptState, Trigger, WebhookReceipt
from integrations.queues import HANDLE_WEBHOOK, enqueue_after_commit
from vault.tenancy import current_workspace_id

PROVIDER = "plaid"
GRACE = timedelta(seconds=30)

LINK_CODES = frozenset({"SESSION_FINISHED"})
ENDING_CODES = frozenset({"PENDING_EXPIRATION", "PENDING_DISCONNECT"})
# These all mean that asking again is worth it: the sync finds out for itself what has changed.
SYNC_CODES = frozenset(
    {
        "SYNC_UPDATES_AVAILABLE",
        "ERROR",
        "LOGIN_REPAIRED",
        "NEW_ACCOUNTS_AVAILABLE",
        "USER_PERMISSION_REVOKED",
        "USER_ACCOUNT_REVOKED",
    }
)
KNOWN_CODES = LINK_CODES | ENDING_CODES | SYNC_CODES


@transaction.atomic
def store_receipt(*, actor: Actor, code: str, object_id: UUID, digest: bytes, body: bytes) -> None:
    """Keep a verified webhook and have the worker act on it; one that is here already is kept once.

    Not recorded: it is the provider's knock at the door, and what is done about it is.
    """
    if WebhookReceipt.objects.filter(digest=digest).exists():
        return
    receipt = WebhookReceipt(provider=PROVIDER, code=code, object_id=object_id, digest=digest, body=body)
    receipt.due_at = timezone.now() + GRACE
    # Of two deliveries at the same moment the unique constraint keeps one; the other's task finds nothing.
    WebhookReceipt.objects.bulk_create([receipt], ignore_conflicts=True)
    enqueue_after_commit(HANDLE_WEBHOOK, current_workspace_id(), receipt.pk)


@transaction.atomic
def handle_receipt(*, actor: Actor, receipt_id: UUID) -> None:
    """Do what a webhook hints at, once."""
    receipt = WebhookReceipt.objects.select_for_update().filter(pk=receipt_id, state=ReceiptState.RECEIVED).first()
    if receipt is None:
        return
    if receipt.code in LINK_CODES:
        request_finish(actor=actor, session_id=receipt.object_id, at_once=True)
    else:
        if receipt.code in ENDING_CODES:
            note_ending(actor=actor, connection_id=receipt.object_id)
        with suppress(NotConnected):
            request_sync(actor=actor, connection_id=receipt.object_id, trigger=Trigger.WEBHOOK)
    receipt.state, receipt.handled_at = ReceiptState.HANDLED, timezone.now()
    receipt.save(update_fields=["state", "handled_at"])
