"""What a provider may tell us, and what nobody else may. Requests are signed by the sandbox's own key. R75."""

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

import jwt
import pytest
from django.db import transaction
from django.db.models import Case, Value, When
from django.utils import timezone

from accounts.access import workspace_scope
from audit.log import open_detail
from audit.models import Event
from integrations.models import Alert, CallCount, Connection, LinkSession, SyncRun, WebhookReceipt
from integrations.queues import DELETE_OLD_RECEIPTS, FIND_OLD_RECEIPTS, FINISH_LINK, HANDLE_WEBHOOK, RUN_SYNC
from integrations.sandbox.plaid.signing import _current_key
from tests.integrations.faults import error, expire_lease, interpose
from tests.integrations.linked import TaskQueue, consent, link_bank, newest_connection, opened, page_of, reconnect
from tests.integrations.support import FIRST_HARBOR, Sandbox
from tests.integrations.test_sync import sync_now
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona
from vault.routing import find_route
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

ADDRESS = "/webhooks/plaid/"


def sign(bank: Sandbox, body: bytes, *, age: int = 0) -> str:
    """The sandbox's own signature of the body, `age` seconds old."""
    kid, key = _current_key(bank.world)
    claims = {"iat": int(time.time()) - age, "request_body_sha256": sha256(body).hexdigest()}
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": kid})


@dataclass
class Post:
    """A bank's news as it travels; any part can be tampered with before it is sent."""

    client: ScopeCheckingClient
    bank: Sandbox

    def send(self, body: bytes, token: str | None) -> Any:
        headers = {} if token is None else {"Plaid-Verification": token}
        return self.client.post(ADDRESS, body, content_type="application/json", headers=headers)

    def tell(self, **facts: Any) -> Any:
        body = json.dumps(facts, indent=2).encode()
        return self.send(body, sign(self.bank, body))


@pytest.fixture
def post(client: ScopeCheckingClient, harbor: Sandbox) -> Post:
    return Post(client, harbor)


@pytest.fixture
def linked(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> Connection:
    return link_bank(alice, harbor, queue)


def item_of(persona: Persona, connection: Connection) -> str:
    with opened(persona, connection) as now:
        return str(now.facts.item_id)


def news(item_id: str) -> dict[str, Any]:
    return {"webhook_type": "TRANSACTIONS", "webhook_code": "SYNC_UPDATES_AVAILABLE", "item_id": item_id}


def receipts(persona: Persona) -> list[WebhookReceipt]:
    with workspace_scope(persona.workspace.pk):
        return list(WebhookReceipt.objects.all())


REFUSED = ("accounts.access.refused", "integrations.webhook.refused")


def refusals() -> list[str]:
    with workspace_scope(SITE_ID):
        events = Event.objects.filter(action__in=REFUSED).order_by("-occurred_at")[:3]
        return [str(open_detail(event)["reason"]) for event in events]


def test_news_starts_a_sync(alice: Persona, post: Post, queue: TaskQueue, linked: Connection) -> None:
    assert post.tell(**news(item_of(alice, linked))).status_code == 200
    assert queue.work() == [HANDLE_WEBHOOK, RUN_SYNC]
    with workspace_scope(alice.workspace.pk):
        assert SyncRun.objects.latest("created_at").trigger == "webhook"
    assert [one.state for one in receipts(alice)] == ["handled"]


def test_the_same_delivery_again_is_kept_once(alice: Persona, post: Post, queue: TaskQueue, linked: Connection) -> None:
    body = json.dumps(news(item_of(alice, linked))).encode()
    token = sign(post.bank, body)
    assert [post.send(body, token).status_code for _ in range(3)] == [200] * 3
    assert len(receipts(alice)) == 1
    assert queue.work().count(RUN_SYNC) == 1


def test_news_of_the_same_words_in_the_same_second_is_not_lost_when_the_first_was_read_already(
    alice: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    body = json.dumps(news(item_of(alice, linked))).encode()
    token = sign(post.bank, body)
    post.send(body, token)
    assert queue.work() == [HANDLE_WEBHOOK, RUN_SYNC]
    post.send(body, token)
    assert queue.work() == [HANDLE_WEBHOOK, RUN_SYNC]


def test_only_the_clock_follows_what_comes_again_later(
    alice: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    body = json.dumps(news(item_of(alice, linked))).encode()
    token = sign(post.bank, body)
    post.send(body, token)
    assert queue.work() == [HANDLE_WEBHOOK, RUN_SYNC]
    with workspace_scope(alice.workspace.pk):
        WebhookReceipt.objects.update(received_at=timezone.now() - timedelta(minutes=1))
    # So that repeating it is worth nothing to anybody.
    for _ in range(15):
        post.send(body, token)
        assert queue.work() == queue.sweep(alice) == []
    with workspace_scope(alice.workspace.pk):
        WebhookReceipt.objects.update(due_at=timezone.now())
    assert queue.sweep(alice) == [HANDLE_WEBHOOK]
    assert queue.work() == [RUN_SYNC]
    assert [one.state for one in receipts(alice)] == ["handled"]


def test_webhooks_handled_a_month_ago_are_forgotten(
    alice: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    for age in (60, 30, 0):
        body = json.dumps(news(item_of(alice, linked))).encode()
        post.send(body, sign(post.bank, body, age=age))
    queue.work(2)
    old = timezone.now() - timedelta(days=31)
    with workspace_scope(alice.workspace.pk):
        handled, still_waiting = (
            WebhookReceipt.objects.filter(state=state).values_list("pk", flat=True)[0]
            for state in ("handled", "received")
        )
        WebhookReceipt.objects.filter(pk__in=[handled, still_waiting]).update(
            received_at=old, due_at=old, handled_at=Case(When(pk=handled, then=Value(old)), default=None)
        )
    queue.discard()
    queue.run(FIND_OLD_RECEIPTS)
    asked = [ids for name, ids in queue.discard() if name == DELETE_OLD_RECEIPTS]
    assert [str(alice.workspace.pk)] in asked
    queue.run(DELETE_OLD_RECEIPTS, str(alice.workspace.pk))
    # One that was never handled stays, however old; so does one that was handled just now.
    assert {one.pk for one in receipts(alice)} == {one.pk for one in receipts(alice)} - {handled}
    assert still_waiting in {one.pk for one in receipts(alice)}
    assert len(receipts(alice)) == 2


def test_tomorrows_news_of_the_same_words_is_news_again(
    alice: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    facts = news(item_of(alice, linked))
    body = json.dumps(facts).encode()
    for age in (60, 0):
        assert post.send(body, sign(post.bank, body, age=age)).status_code == 200
        assert RUN_SYNC in queue.work()
    assert len(receipts(alice)) == 2


def test_the_sweeper_finds_a_receipt_whose_task_was_lost(
    alice: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    post.tell(**news(item_of(alice, linked)))
    assert [name for name, _ in queue.discard()] == [HANDLE_WEBHOOK]
    with workspace_scope(alice.workspace.pk):
        receipt = WebhookReceipt.objects.get()
        WebhookReceipt.objects.update(due_at=receipt.due_at - timedelta(minutes=1))
    assert queue.sweep(alice) == [HANDLE_WEBHOOK]
    assert RUN_SYNC in queue.work()


@pytest.mark.parametrize(
    "facts",
    [
        {"webhook_type": "TRANSACTIONS", "webhook_code": "DEFAULT_UPDATE"},
        {"webhook_type": "NEWLY", "webhook_code": "INVENTED"},
        {"webhook_type": "ITEM", "webhook_code": "WEBHOOK_UPDATE_ACKNOWLEDGED"},
    ],
    ids=lambda facts: facts["webhook_code"],
)
def test_news_of_a_kind_that_nobody_waits_for_is_answered_and_forgotten(
    facts: dict[str, str], alice: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    assert post.tell(**facts, item_id=item_of(alice, linked)).status_code == 200
    assert receipts(alice) == []
    assert queue.work() == []


def test_news_about_somebody_elses_item_is_answered_and_forgotten(
    alice: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    assert post.tell(**news("unknown-item")).status_code == 200
    assert post.tell(webhook_type="LINK", webhook_code="SESSION_FINISHED", link_token="link-unknown").status_code == 200
    assert receipts(alice) == []
    assert queue.work() == []


def forge(token: str, **header: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims, "a key that anyone could have used", algorithm="HS256", headers=header)


def test_what_is_not_the_providers_is_answered_and_noted_and_changes_nothing(
    alice: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    body = json.dumps(news(item_of(alice, linked))).encode()
    token = sign(post.bank, body)
    attempts: list[tuple[bytes, str | None, int, str]] = [
        (body, None, 400, "no_token"),
        (body, "not a token", 400, "malformed"),
        (body + b" ", token, 401, "body"),
        (body, token[:-6] + "AAAAAA", 401, "signature"),
        (body, forge(token, kid="k"), 401, "algorithm"),
    ]
    for given, signed, status, reason in attempts:
        assert post.send(given, signed).status_code == status, reason
        assert refusals()[0] == reason
    assert post.send(body, sign(post.bank, body, age=400)).status_code == 401
    assert refusals()[0] == "too_old"
    assert receipts(alice) == []
    assert queue.work() == []
    # The same body, signed as it should be, is taken.
    assert post.send(body, token).status_code == 200
    assert len(receipts(alice)) == 1


def test_a_refusal_is_noted_once_an_hour(post: Post) -> None:
    before = len(refusals())
    with workspace_scope(SITE_ID):
        count = Event.objects.filter(action__in=REFUSED).count()
    assert [post.send(b"{}", None).status_code for _ in range(5)] == [400] * 5
    with workspace_scope(SITE_ID):
        assert Event.objects.filter(action__in=REFUSED).count() == count + 1
    assert before <= len(refusals())


def test_a_signed_body_that_is_not_a_webhook_is_refused(post: Post) -> None:
    for body in (b"[]", b'{"webhook_type": 7}', b"\xff\xfe", b"{"):
        assert post.send(body, sign(post.bank, body)).status_code == 400
    assert refusals()[0] == "content"


def test_a_body_that_is_too_large_is_not_read(post: Post) -> None:
    body = b" " * (64 * 1024 + 1)
    assert post.send(body, sign(post.bank, body)).status_code == 413


def test_a_key_that_cannot_be_fetched_asks_for_another_delivery(post: Post) -> None:
    body = json.dumps(news("item")).encode()
    with interpose(post.bank, webhook_verification_key__get=[error("INTERNAL_SERVER_ERROR", "API_ERROR", 500)]):
        answer = post.send(body, sign(post.bank, body))
    assert answer.status_code == 503
    assert post.send(body, sign(post.bank, body)).status_code == 200


def test_only_posting_is_a_delivery(client: ScopeCheckingClient) -> None:
    assert [getattr(client, method)(ADDRESS).status_code for method in ("get", "put", "delete")] == [405] * 3


def test_the_key_is_fetched_once_and_counted_as_the_sites_own(post: Post) -> None:
    def fetched() -> int:
        with workspace_scope(SITE_ID):
            return sum(
                CallCount.objects.filter(endpoint="/webhook_verification_key/get").values_list("calls", flat=True)
            )

    before = fetched()
    for number in range(3):
        post.tell(**news(f"item-{number}"))
    assert fetched() == before + 1


def test_a_finished_visit_is_linked_although_the_person_never_comes_back(
    alice: Persona, post: Post, queue: TaskQueue
) -> None:
    start = alice.client.post(page_of(alice, "create_link"))
    consent(start["Location"], FIRST_HARBOR)
    with workspace_scope(alice.workspace.pk):
        session = LinkSession.objects.get()
        token = session.link_token
    assert token is not None
    facts = {"webhook_type": "LINK", "webhook_code": "SESSION_FINISHED", "link_token": token.reveal()}
    assert post.tell(**facts, status="SUCCESS").status_code == 200
    assert queue.work()[:2] == [HANDLE_WEBHOOK, FINISH_LINK]
    assert newest_connection(alice).state == "connected"


def test_a_warning_that_access_will_end_is_shown(
    alice: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    post.tell(webhook_type="ITEM", webhook_code="PENDING_DISCONNECT", item_id=item_of(alice, linked))
    queue.work()
    shown = alice.client.get(page_of(alice, "connections")).content.decode()
    assert "will end the access soon" in shown
    assert "Sign in at the bank" in shown


def warn(persona: Persona, post: Post, queue: TaskQueue, linked: Connection) -> None:
    post.tell(webhook_type="ITEM", webhook_code="PENDING_DISCONNECT", item_id=item_of(persona, linked))
    queue.work()


def test_a_warning_outlasts_troubles_that_pass_by_themselves(
    alice: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    warn(alice, post, queue, linked)
    with interpose(post.bank, accounts__get=[error("INTERNAL_SERVER_ERROR", "API_ERROR", 500)]):
        sync_now(alice, queue, linked)
    with opened(alice, linked) as now:
        assert (now.state, now.is_ending) == ("provider_down", True)
    expire_lease(alice, linked)
    assert RUN_SYNC in queue.sweep(alice)
    with opened(alice, linked) as now:
        assert (now.state, now.is_ending) == ("connected", True)
    assert "will end the access soon" in alice.client.get(page_of(alice, "connections")).content.decode()


@pytest.mark.parametrize("state", ["provider_down", "rate_limited", "error"])
def test_a_warning_during_other_trouble_is_kept_and_mailed_once(
    state: str, alice: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    with workspace_scope(alice.workspace.pk):
        Connection.objects.update(state=state, problem=state if state != "error" else "internal")
    for _ in range(2):
        warn(alice, post, queue, linked)
    with opened(alice, linked) as now:
        assert now.is_ending
        assert Alert.objects.count() == 1
    reconnect(alice, post.bank, queue, linked)
    with opened(alice, linked) as now:
        assert not now.is_ending


# R46, R49: a webhook finds the workspace of its item and no other.
def test_news_about_alices_item_is_nothing_to_mallory(
    alice: Persona, mallory: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    theirs = link_bank(mallory, post.bank, queue)
    post.tell(**news(item_of(alice, linked)))
    queue.work()
    assert len(receipts(alice)) == 1
    assert receipts(mallory) == []
    assert item_of(mallory, theirs) != item_of(alice, linked)


def test_a_disconnected_bank_has_no_address_any_more(
    alice: Persona, post: Post, queue: TaskQueue, linked: Connection
) -> None:
    item_id = item_of(alice, linked)
    with transaction.atomic():
        assert find_route(kind="plaid_item", key=item_id) is not None
    alice.client.post(page_of(alice, "create_disconnection", connection_id=linked.pk))
    with transaction.atomic():
        assert find_route(kind="plaid_item", key=item_id) is None
    assert post.tell(**news(item_id)).status_code == 200
    assert receipts(alice) == []
