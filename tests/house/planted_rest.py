"""What stands between a bank and the ledger, and what a person keeps of a list: none of it may be readable."""

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

from django.utils import timezone

from accounts.once_keys import Outcome, claim_key, digest_asked, keep_outcome
from audit.log import Actor
from audit.models import Bundle, BundlePart
from integrations.actions import create_link_session, keep_exchange, open_link_session, request_removal, store_receipt
from integrations.models import Connection, ItemFacts, PageContent, RunState, StagedPage, SyncRun, Trigger
from integrations.providers.plaid_messages import Exchange
from integrations.providers.secret import Secret
from ledger.actions import annotate_transactions, create_saved_view
from ledger.feeds import FeedPage, FeedTransaction

TEXTS = (
    "saved view", "search that is kept", "note on many", "place in the feed", "page that waits", "place after it",
    "webhook", "link token", "token just traded", "bank just linked", "token to be ended", "export of the log",
    "place of an answer",
)  # fmt: skip


def texts(mark: str) -> dict[str, str]:
    """One planted text for each of TEXTS."""
    return {what: f"Planted {what} {mark}" for what in TEXTS}


def plant_rest(actor: Actor, connection: Connection, transaction_id: UUID, planted: Mapping[str, str]) -> None:
    """A saved view, a note on many, a cursor, a page of an open run, a webhook, a visit under way, and access to be ended."""
    asked = digest_asked(subject=planted["webhook"], key="once", path="/", values=[])
    claimed = claim_key(asked)
    assert isinstance(claimed, UUID)
    keep_outcome(claimed, Outcome(302, planted["place of an answer"], None))
    create_saved_view(actor=actor, name=planted["saved view"], query=f"q={planted['search that is kept']}")
    annotate_transactions(actor=actor, ids=[transaction_id], note=planted["note on many"], replace=True)
    connection.cursor = planted["place in the feed"]
    connection.save()
    now = timezone.now()
    run = SyncRun.objects.create(
        connection=connection, trigger=Trigger.FIRST, state=RunState.RUNNING, due_at=now, created_at=now
    )
    row = FeedTransaction(
        "waiting", "account-1", date(2026, 3, 4), None, 1, "USD", False, None, planted["page that waits"], None, None, None
    )  # fmt: skip
    content = PageContent(changes=FeedPage((row,), ()), accounts=())
    StagedPage.objects.create(run=run, number=1, content=content, next_cursor=planted["place after it"])
    body = planted["webhook"].encode()
    store_receipt(
        actor=actor, code="SYNC_UPDATES_AVAILABLE", object_id=connection.pk, digest=sha256(body).digest(), body=body
    )
    visit = create_link_session(actor=actor, user_id=connection.pk)
    later = now + timedelta(hours=1)
    # Plaid never gives one twice.
    link_token = Secret(f"{planted['link token']} {visit.pk}")
    open_link_session(actor=actor, session_id=visit.pk, link_token=link_token, expires_at=later)
    exchange = Exchange(
        access_token=Secret(planted["token just traded"]), item_id="item-traded", request_id="request-1"
    )
    facts = ItemFacts(exchange.item_id, planted["bank just linked"])
    keep_exchange(actor=actor, session_id=visit.pk, exchange=exchange, facts=facts)
    request_removal(actor=actor, access_token=Secret(planted["token to be ended"]), connection_id=None)
    bundle = Bundle.objects.create(asked_by_id=connection.pk, asked_at=now, expires_at=later)
    BundlePart.objects.create(bundle=bundle, number=0, data=planted["export of the log"].encode())
