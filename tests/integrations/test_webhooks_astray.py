"""News that comes twice, late, or by a wrong clock, and keys that cannot be had: from a real bank."""

import json
import time

import jwt
import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from config.outbound import Bounds
from integrations.models import WebhookReceipt
from integrations.providers import plaid
from integrations.queues import RUN_SYNC
from integrations.sandbox.switches import INSTEAD, ITEM, SPOILED
from ledger.models import Transaction
from tests.integrations.linked import TaskQueue, assert_synced, ledger_months, link_bank
from tests.integrations.support import Receiver, Sandbox, receiving
from tests.integrations.test_sync import bank_months, rows_of_bank, token_of
from tests.integrations.test_webhooks import ADDRESS, Post, item_of, news, sign
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plaid, "QUICK", Bounds(connect=2, read=0.5, total=20))


def codes_of(receiver: Receiver) -> list[str]:
    return [json.loads(body)["webhook_code"] for _, body in receiver.received]


def issued(token: str) -> int:
    return int(jwt.decode(token, options={"verify_signature": False})["iat"])


def add_row(bank: Sandbox, token: str, description: str) -> None:
    row = {"date_transacted": "2026-11-20", "date_posted": "2026-11-20", "amount": 9.99, "description": description}
    assert bank.post("/sandbox/transactions/create", access_token=token, transactions=[row]).ok


# The bank's webhooks arrive at a socket of ours, and are handed to the product in the order, and as often, as they came.
@pytest.mark.parametrize("kind", ["duplicated", "reordered", "skewed"])
def test_news_on_the_wrong_way_has_its_effect_once(
    kind: str, alice: Persona, client: ScopeCheckingClient, harbor: Sandbox, queue: TaskQueue
) -> None:
    with receiving() as hook:
        connection = link_bank(alice, harbor, queue)
        token = token_of(alice, connection)
        harbor.world.store.run("UPDATE item SET webhook = ?", hook.url)
        harbor.world.store.run("UPDATE delivery SET state = 'done'")
        harbor.switch(kind, times=2, seconds=30 if kind == "reordered" else None)
        # What the product would answer to a signature of the wrong time, so that the bank tries again.
        hook.statuses = [401, 401] if kind == "skewed" else []
        for number in range(3):
            add_row(harbor, token, f"ROW {number}")
            harbor.deliver()
        harbor.clock.ahead += 31
        for _ in range(20):
            harbor.deliver()
            time.sleep(0.05)
        assert harbor.served() == 2
        came = list(hook.received)
    assert len(came) == {"duplicated": 5, "reordered": 3, "skewed": 5}[kind]
    statuses = []
    for signature, body in came:
        answer = client.post(ADDRESS, body, content_type="application/json", headers={"Plaid-Verification": signature})
        statuses.append(answer.status_code)
        queue.work()
    assert statuses.count(200) == (5 if kind == "duplicated" else 3)
    assert statuses.count(401) == (2 if kind == "skewed" else 0)
    # What came again with the same words and signature is followed a little later.
    with workspace_scope(alice.workspace.pk):
        WebhookReceipt.objects.update(due_at=timezone.now())
    queue.sweep(alice)
    queue.work()
    assert_synced(alice, connection)
    assert ledger_months(alice.workspace.pk, connection) == bank_months(rows_of_bank(harbor, token))
    with workspace_scope(alice.workspace.pk):
        assert sum(row.feed.description.startswith("ROW ") for row in Transaction.objects.all()) == 3
        assert {one.state for one in WebhookReceipt.objects.all()} == {"handled"}


@pytest.mark.parametrize("kind", [*INSTEAD, *SPOILED, *ITEM])
def test_a_key_that_cannot_be_had_now_is_asked_for_with_the_next_delivery(
    kind: str, alice: Persona, client: ScopeCheckingClient, small_pages: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, small_pages, queue, accounts=("savings",))
    post = Post(client, small_pages)
    body = json.dumps(news(item_of(alice, connection))).encode()
    add_row(small_pages, token_of(alice, connection), "ROW")
    small_pages.switch(kind, "/webhook_verification_key/get", seconds=1.0 if kind == "stalled" else None)
    first = post.send(body, sign(small_pages, body))
    assert small_pages.served() == 1
    assert first.status_code == (200 if kind in ITEM else 503)
    assert post.send(body, sign(small_pages, body, age=1)).status_code == 200
    assert RUN_SYNC in queue.work()
    assert_synced(alice, connection)
    rows = rows_of_bank(small_pages, token_of(alice, connection))
    assert ledger_months(alice.workspace.pk, connection) == bank_months(rows)


def test_the_wrong_clock_of_the_bank_is_refused_by_the_product_itself(
    alice: Persona, client: ScopeCheckingClient, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue)
    post = Post(client, harbor)
    body = json.dumps(news(item_of(alice, connection))).encode()
    for age, status in ((400, 401), (-60, 401), (250, 200), (-20, 200)):
        assert post.send(body, sign(harbor, body, age=age)).status_code == status, age
