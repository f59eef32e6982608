"""Every answer of the sandbox and every request of the client, held against Plaid's published document."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from config.outbound import Bounds, Reply
from integrations.providers.plaid import PATHS, PlaidAccess, PlaidClient
from integrations.providers.secret import Secret
from integrations.sandbox.plaid.api import ENDPOINTS
from tests.integrations.plaid_schema import check_answer, check_request, needs_document, problems
from tests.integrations.support import CLIENT_ID, FIRST_HARBOR, LONG_HISTORY, SECRET, Mirror, Sandbox, receiving

pytestmark = needs_document

HOOK = "http://127.0.0.1:9/hook"


class Recorder:
    """Keeps each request and the sandbox's answer to it, by path."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.requests: list[tuple[str, Any]] = []
        self.answers: list[tuple[str, Any]] = []

    def post_json(self, url: str, body: bytes, headers: Any, timeout: Bounds) -> Reply:
        reply = self.sandbox.session.post_json(url, body, headers, timeout)
        path = url.removeprefix(self.sandbox.url)
        self.requests.append((path, json.loads(body)))
        if reply.status == 200:
            self.answers.append((path, json.loads(reply.body)))
        return reply


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    one = Sandbox(tmp_path)
    yield one
    one.stop()


def use_everything(recorder: Recorder) -> None:
    sandbox = recorder.sandbox
    unrecorded = sandbox.client
    client = sandbox.client = PlaidClient(recorder, PlaidAccess(sandbox.url, CLIENT_ID, Secret(SECRET)))
    start = sandbox.start_link()
    client.get_link(start.link_token)
    sandbox.choose(start, LONG_HISTORY)
    bank = client.get_link(start.link_token).banks[0]
    token = client.exchange(bank.public_token).access_token
    page = client.sync_transactions(token, None)
    client.sync_transactions(token, page.next_cursor, 3)
    sandbox.client = unrecorded
    cursor = Mirror().follow(sandbox, token).cursor
    sandbox.client = client
    sandbox.day += timedelta(days=14)
    changes = client.sync_transactions(token, cursor)
    assert changes.added
    assert changes.modified
    assert changes.removed
    client.get_accounts(token)
    client.get_balances(token)
    client.get_item(token)
    client.update_webhook(token, f"{HOOK}/2")
    sandbox.post("/sandbox/item/reset_login", access_token=token.reveal())
    client.get_item(token)
    left = sandbox.start_link(access_token=token)
    sandbox.choose(left, "", decision="leave")
    client.get_link(left.link_token)
    client.get_webhook_key(_kid(sandbox))
    client.remove_item(client.rotate_token(token))


def _kid(sandbox: Sandbox) -> str:
    with receiving() as receiver:
        token = sandbox.post(
            "/sandbox/public_token/create",
            institution_id=FIRST_HARBOR,
            initial_products=["transactions"],
            options={"webhook": receiver.url},
        ).json()["public_token"]
        access_token = sandbox.post("/item/public_token/exchange", public_token=token).json()["access_token"]
        sandbox.post("/sandbox/item/fire_webhook", access_token=access_token, webhook_code="DEFAULT_UPDATE")
        sandbox.deliver()
    return str(sandbox.world.store.all("SELECT kid FROM signing_key")[0]["kid"])


def test_all_calls_of_the_client_and_all_answers_follow_the_document(sandbox: Sandbox) -> None:
    recorder = Recorder(sandbox)
    use_everything(recorder)
    assert {path for path, _ in recorder.requests} == set(PATHS)
    assert {path for path, _ in recorder.answers} == set(PATHS)
    for path, request in recorder.requests:
        check_request(path, request)
    for path, answer in recorder.answers:
        check_answer(path, answer)


def test_the_sandboxs_own_endpoints_follow_the_document(sandbox: Sandbox) -> None:
    token = sandbox.link().reveal()
    day = sandbox.day.isoformat()
    row = {"date_transacted": day, "date_posted": day, "amount": 5, "description": "Tea"}
    sandbox.client.sync_transactions(Secret(token), None)
    bodies: dict[str, dict[str, object]] = {
        "/sandbox/public_token/create": {"institution_id": FIRST_HARBOR, "initial_products": ["transactions"]},
        "/sandbox/item/fire_webhook": {"access_token": token, "webhook_code": "SYNC_UPDATES_AVAILABLE"},
        "/sandbox/transactions/create": {"access_token": token, "transactions": [row]},
        "/sandbox/item/reset_login": {"access_token": token},
    }
    for path, body in bodies.items():
        check_request(path, body)
        check_answer(path, sandbox.post(path, **body).json())
    assert {one.path for one in ENDPOINTS} == {*PATHS, *bodies}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/accounts/get", {"access_token": "access-sandbox-none"}, "INVALID_ACCESS_TOKEN"),
        ("/accounts/get", {}, "MISSING_FIELDS"),
        ("/accounts/get", {"access_token": "a", "more": 1}, "UNKNOWN_FIELDS"),
        ("/accounts/get", {"access_token": 5}, "INVALID_FIELD"),
        ("/item/public_token/exchange", {"public_token": "public-sandbox-none"}, "INVALID_PUBLIC_TOKEN"),
        ("/link/token/get", {"link_token": "link-sandbox-none"}, "INVALID_LINK_TOKEN"),
        ("/webhook_verification_key/get", {"key_id": "none"}, "INVALID_WEBHOOK_VERIFICATION_KEY_ID"),
        ("/transfer/create", {}, "NOT_FOUND"),
    ],
)
def test_error_answers_follow_the_document(path: str, body: dict[str, object], code: str, sandbox: Sandbox) -> None:
    answer = sandbox.post(path, **body)
    assert answer.status_code in {400, 404}
    assert answer.json()["error_code"] == code
    assert problems("PlaidError", answer.json()) == []


def test_wrong_keys_are_refused(sandbox: Sandbox) -> None:
    headers = {"PLAID-CLIENT-ID": CLIENT_ID, "PLAID-SECRET": "wrong"}
    answer = requests.post(f"{sandbox.url}/item/get", json={"access_token": "a"}, headers=headers, timeout=5)
    assert answer.json()["error_code"] == "INVALID_API_KEYS"


WEBHOOKS = {
    ("LINK", "SESSION_FINISHED"): "LinkSessionFinishedWebhook",
    ("TRANSACTIONS", "INITIAL_UPDATE"): "InitialUpdateWebhook",
    ("TRANSACTIONS", "HISTORICAL_UPDATE"): "HistoricalUpdateWebhook",
    ("TRANSACTIONS", "DEFAULT_UPDATE"): "DefaultUpdateWebhook",
    ("TRANSACTIONS", "SYNC_UPDATES_AVAILABLE"): "SyncUpdatesAvailableWebhook",
    ("ITEM", "ERROR"): "ItemErrorWebhook",
    ("ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED"): "WebhookUpdateAcknowledgedWebhook",
    ("ITEM", "PENDING_DISCONNECT"): "PendingDisconnectWebhook",
    ("ITEM", "NEW_ACCOUNTS_AVAILABLE"): "NewAccountsAvailableWebhook",
    ("ITEM", "USER_PERMISSION_REVOKED"): "UserPermissionRevokedWebhook",
    ("ITEM", "LOGIN_REPAIRED"): "ItemLoginRepairedWebhook",
}


def test_each_webhook_follows_the_document(sandbox: Sandbox) -> None:
    with receiving() as receiver:
        token = sandbox.link(webhook=receiver.url)
        sandbox.client.sync_transactions(token, None)
        sandbox.client.update_webhook(token, receiver.url)
        for _, code in WEBHOOKS:
            body = {"access_token": token.reveal(), "webhook_code": code}
            sandbox.post("/sandbox/item/fire_webhook", **body)
        sandbox.deliver()
    bodies = [json.loads(body) for _, body in receiver.received]
    seen = {(body["webhook_type"], body["webhook_code"]) for body in bodies}
    assert seen == set(WEBHOOKS)
    for body in bodies:
        assert problems(WEBHOOKS[body["webhook_type"], body["webhook_code"]], body) == []
    assert receiver.received[0][1].startswith(b'{\n  "webhook_type"')


def test_the_comparison_notices_what_is_wrong(sandbox: Sandbox) -> None:
    good = sandbox.post("/item/get", access_token=sandbox.link().reveal()).json()
    assert problems("ItemGetResponse", good) == []
    assert problems("ItemGetResponse", {**good, "surprise": 1})
    assert problems("ItemGetResponse", {**good, "request_id": None})
    assert problems("ItemGetResponse", {**good, "item": {**good["item"], "update_type": "never"}})
    assert problems("TransactionsSyncRequest", {"access_token": "a", "count": 501})
