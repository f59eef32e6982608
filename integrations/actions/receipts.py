"""Webhooks: stored first, then done what they hint at. What they say of the data is asked for again through the client."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, record
from config.enqueueing import enqueue_after_commit
from integrations.actions.connections import note_ending, note_new_accounts
from integrations.actions.links import request_finish
from integrations.actions.syncs import NotConnected, sync_when_allowed
from integrations.models import Connection, ReceiptState, Trigger, WebhookReceipt
from integrations.queues import HANDLE_WEBHOOK
from vault.tenancy import current_workspace_id

PROVIDER = "plaid"
GRACE = timedelta(seconds=30)
# So soon after the first it is news of the same second; what comes again later is followed by the clock alone, once for all
# that came in between.
SAME_MOMENT = timedelta(seconds=10)
REPEATED = timedelta(minutes=2)
KEPT_FOR = timedelta(days=30)

LINK_CODES = frozenset({"SESSION_FINISHED"})
ENDING_CODES = frozenset({"PENDING_EXPIRATION", "PENDING_DISCONNECT"})
NEW_ACCOUNTS_CODES = frozenset({"NEW_ACCOUNTS_AVAILABLE"})
REPAIRED_CODES = frozenset({"LOGIN_REPAIRED"})
# These all mean that asking again is worth it: the sync finds out for itself what has changed.
SYNC_CODES = frozenset({"SYNC_UPDATES_AVAILABLE", "ERROR", "USER_PERMISSION_REVOKED", "USER_ACCOUNT_REVOKED"})
KNOWN_CODES = LINK_CODES | ENDING_CODES | NEW_ACCOUNTS_CODES | REPAIRED_CODES | SYNC_CODES


@transaction.atomic
def store_receipt(*, actor: Actor, code: str, object_id: UUID, digest: bytes, body: bytes) -> None:
    """Keep a verified webhook and have the worker act on it; one that waits here already is kept once, and one that was
    acted on is again, a late one a little later.

    Not recorded: it is the provider's knock at the door, and what is done about it is.
    """
    receipt = WebhookReceipt.objects.select_for_update().filter(digest=digest).first()
    now = timezone.now()
    if receipt is None:
        receipt = WebhookReceipt(
            provider=PROVIDER, code=code, object_id=object_id, digest=digest, body=body, due_at=now + GRACE
        )
        # Of two deliveries at the same moment the unique constraint keeps one; the other's task finds nothing.
        WebhookReceipt.objects.bulk_create([receipt], ignore_conflicts=True)
        enqueue_after_commit(HANDLE_WEBHOOK, current_workspace_id(), receipt.pk)
    elif receipt.state == ReceiptState.HANDLED:
        # Two pieces of news in one second have the same words and the same signature's time. A repetition costs a look,
        # news that is lost would cost hours. As anybody could repeat it for minutes, a late one is not followed at once.
        is_news = now - receipt.received_at < SAME_MOMENT
        receipt.state, receipt.handled_at = ReceiptState.RECEIVED, None
        receipt.due_at = now + (GRACE if is_news else REPEATED)
        receipt.save(update_fields=["state", "due_at", "handled_at"])
        if is_news:
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
        _follow(actor, receipt.code, receipt.object_id)
    receipt.state, receipt.handled_at = ReceiptState.HANDLED, timezone.now()
    receipt.save(update_fields=["state", "handled_at"])


@transaction.atomic
def delete_old_receipts(*, actor: Actor) -> int:
    """Forget webhooks that were handled a month ago; how many. A token that old is refused, so none is taken twice."""
    before = timezone.now() - KEPT_FOR
    count, _ = WebhookReceipt.objects.filter(state=ReceiptState.HANDLED, handled_at__lt=before).delete()
    if count:
        record(actor=actor, action="integrations.webhook_receipts.deleted", detail={"count": count})
    return count


def _follow(actor: Actor, code: str, connection_id: UUID) -> None:
    if code in NEW_ACCOUNTS_CODES:
        note_new_accounts(actor=actor, connection_id=connection_id)
        return
    if code in ENDING_CODES:
        note_ending(actor=actor, connection_id=connection_id)
    # A connection that rests is left alone until its time: what the news is about is read then.
    is_resting = Connection.objects.get(pk=connection_id).is_resting and code not in REPAIRED_CODES
    if not is_resting:
        with suppress(NotConnected):
            sync_when_allowed(actor=actor, connection_id=connection_id, trigger=Trigger.WEBHOOK)
