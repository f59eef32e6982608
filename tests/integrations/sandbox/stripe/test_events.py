"""Events on their way: signed, in order, again where it was in vain, and by the switches otherwise."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from integrations.sandbox.plaid.delivery import Delivery
from integrations.sandbox.stripe.delivery import stripe_deliveries
from tests.integrations.sandbox.stripe.support import FORMER_SECRET, WEBHOOK_SECRET, StripeSandbox, item_of
from tests.integrations.support import Server, wait_for


class Inbox:
    """Keeps what it gets, and answers with `statuses`, then with 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.received: list[tuple[str, bytes]] = []
        self.url = ""

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.received.append((environ.get("HTTP_STRIPE_SIGNATURE", ""), body))
        status = self.statuses.pop(0) if self.statuses else 200
        start_response(f"{status} Answer", [("Content-Length", "0")])
        return []

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.received]


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    one = Inbox()
    server = Server(one)
    one.url = server.url
    yield one
    server.stop()


@pytest.fixture
def pay(tmp_path: Path, inbox: Inbox) -> Iterator[StripeSandbox]:
    one = StripeSandbox(tmp_path, webhook=f"{inbox.url}/webhooks/stripe/", retry_seconds=30.0)
    yield one
    one.stop()


def test_the_official_client_takes_them_in_the_order_in_which_they_came_about(pay: StripeSandbox, inbox: Inbox) -> None:
    subscription = pay.subscribe()
    pay.send_events()
    events = [stripe.Webhook.construct_event(body, header, WEBHOOK_SECRET) for header, body in inbox.received]
    assert [one.type for one in events] == pay.types()
    assert {one.api_version for one in events} == {"2026-10-28.endive"}
    assert events[-1].data.object.subscription == subscription.id
    header, body = inbox.received[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", header, WEBHOOK_SECRET)
    assert {one["state"] for one in pay.seen("deliveries")} == {"done"}


def test_an_event_says_what_was_before_and_which_call_brought_it(pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    pay.stripe.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True}, {"idempotency_key": "k-1"})
    event = pay.stripe.v1.events.list({"type": "customer.subscription.updated", "limit": 1}).data[0]
    assert event.data.previous_attributes is not None
    assert event.data.previous_attributes["cancel_at_period_end"] is False
    assert event.request is not None
    assert event.request.idempotency_key == "k-1"
    assert pay.stripe.v1.events.retrieve(event.id).data.object["cancel_at_period_end"] is True


def test_what_was_not_taken_is_sent_again_later_and_later(pay: StripeSandbox, inbox: Inbox) -> None:
    inbox.statuses = [500, 302]
    pay.add_customer()
    for ahead, sent in ((0, 1), (10, 1), (31, 2), (31 + 60, 2), (31 + 121, 3), (5000, 3)):
        pay.clock.ahead = ahead
        pay.send_events()
        assert len(inbox.received) == sent
    assert len({json.loads(body)["id"] for _, body in inbox.received}) == 1
    # Each attempt is signed anew.
    assert len({header for header, _ in inbox.received}) == 3


def test_after_three_days_it_is_given_up(pay: StripeSandbox, inbox: Inbox) -> None:
    inbox.statuses = [500] * 50
    pay.add_customer()
    for days in (0, 2, 4):
        pay.clock.ahead = days * 86_400
        pay.send_events()
    assert [one["state"] for one in pay.seen("deliveries")] == ["given_up"]


def test_twice_late_not_at_all_and_by_a_wrong_clock(pay: StripeSandbox, inbox: Inbox) -> None:
    pay.switch("duplicated", "stripe")
    pay.add_customer()
    pay.send_events()
    assert len(inbox.received) == 2

    inbox.received.clear()
    pay.switch("reordered", "stripe", seconds=100)
    pay.add_customer()
    pay.add_price()
    for ahead in (0, 101):
        pay.clock.ahead = ahead
        pay.send_events()
    assert inbox.types() == ["product.created", "price.created", "customer.created"]

    inbox.received.clear()
    pay.switch("dropped", "stripe")
    pay.add_customer()
    pay.send_events()
    assert inbox.received == []
    dropped = pay.seen("deliveries")[-1]
    assert dropped["state"] == "dropped"
    pay.control("events", event=dropped["event_id"])
    pay.send_events()
    assert json.loads(inbox.received[0][1])["id"] == dropped["event_id"]

    inbox.received.clear()
    pay.clock.ahead = 0
    pay.switch("skewed", "stripe", seconds=-600)
    pay.add_customer()
    pay.send_events()
    header, body = inbox.received[0]
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        stripe.Webhook.construct_event(body, header, WEBHOOK_SECRET)
    assert pay.served() == 4


def test_shuffled_they_come_in_the_opposite_order(pay: StripeSandbox, inbox: Inbox) -> None:
    pay.switch("shuffled", "stripe")
    pay.add_price()
    pay.send_events()
    assert inbox.types() == ["price.created", "product.created"]


def test_while_the_secret_is_changed_either_one_opens_them(pay: StripeSandbox, inbox: Inbox) -> None:
    pay.switch("two_signatures", "stripe", times=0)
    pay.add_customer()
    pay.send_events()
    header, body = inbox.received[0]
    for secret in (WEBHOOK_SECRET, FORMER_SECRET):
        assert stripe.Webhook.construct_event(body, header, secret)["type"] == "customer.created"
    assert header.count("v1=") == 2


def test_in_the_old_shape_the_period_is_the_subscriptions_and_the_subscription_the_invoices(
    pay: StripeSandbox, inbox: Inbox
) -> None:
    pay.switch("old_shape", "stripe", times=0)
    subscription = pay.subscribe()
    pay.send_events()
    told = {one["type"]: one for one in (json.loads(body) for _, body in inbox.received)}
    assert {one["api_version"] for one in told.values()} == {"2024-06-20"}
    body = told["customer.subscription.updated"]["data"]["object"]
    assert body["current_period_end"] == item_of(subscription).current_period_end
    assert "current_period_end" not in body["items"]["data"][0]
    invoice = told["invoice.paid"]["data"]["object"]
    assert (invoice["subscription"], "parent" in invoice) == (subscription.id, False)


def test_the_sandboxs_thread_sends_them(pay: StripeSandbox, inbox: Inbox) -> None:
    thread = Delivery(pay.world, *stripe_deliveries(pay.world))
    thread.start()
    try:
        pay.add_customer()
        wait_for(lambda: inbox.types() == ["customer.created"])
    finally:
        thread.stop()


def test_the_control_sends_what_is_due_and_is_guarded(pay: StripeSandbox, inbox: Inbox) -> None:
    pay.add_customer()
    assert [one["state"] for one in pay.control("deliveries")["deliveries"]] == ["done"]
    for method, name in (("GET", "requests"), ("GET", "deliveries"), ("GET", "clock"), ("POST", "checkouts")):
        assert requests.request(method, f"{pay.url}/control/stripe/{name}", timeout=5).status_code == 401
    for name, body in (("cards", {"customer": "cus_none", "card": "works"}), ("choices", {"after_retries": "x"})):
        assert pay.post(f"/control/stripe/{name}", **body).status_code == 400
    assert pay.post("/control/stripe/cards", customer="c", card="tarot").status_code == 400
    assert pay.post("/control/stripe/events", surprise=1).status_code == 400
