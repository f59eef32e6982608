"""What goes wrong on demand, and what there is of Stripe without its settings."""

from pathlib import Path

import pytest
import requests
import stripe

from integrations.sandbox.settings import read_settings
from tests.integrations.sandbox.stripe.support import KEY, StripeSandbox
from tests.integrations.support import Sandbox

AUTHORIZED = {"Authorization": f"Bearer {KEY}"}
STATUSES = {"rate_limited": 429, "lock_timeout": 409, "server_error": 500}
NEEDED = {"SANDBOX_DB": "x", "SANDBOX_CLIENT_ID": "c", "SANDBOX_SECRET": "s", "SANDBOX_PUBLIC_URL": "http://a/"}


@pytest.mark.parametrize("kind", STATUSES)
def test_a_call_is_refused_once_and_then_not(kind: str, pay: StripeSandbox) -> None:
    pay.switch(kind, "/v1/customers")
    pay.stripe.v1.products.list()
    with pytest.raises(stripe.StripeError) as caught:
        pay.stripe.v1.customers.list()
    assert caught.value.http_status == STATUSES[kind]
    assert pay.stripe.v1.customers.list().data == []
    assert pay.served() == 1


@pytest.mark.parametrize("kind", ["html", "truncated", "cut", "stalled", "oversized"])
def test_an_answer_that_does_not_arrive_whole(kind: str, pay: StripeSandbox) -> None:
    pay.switch(kind, "/v1/customers", seconds=0.2 if kind == "stalled" else None)
    with pytest.raises((stripe.StripeError, ValueError)):
        pay.stripe.v1.customers.create({"name": "A"}, {"idempotency_key": "k"})
    # What was asked is done where the answer is lost on its way, and the same key finds it.
    is_done = kind in {"truncated", "cut", "stalled"}
    assert len(pay.stripe.v1.customers.list().data) == int(is_done)
    pay.stripe.v1.customers.create({"name": "A"}, {"idempotency_key": "k"})
    assert len(pay.stripe.v1.customers.list().data) == 1


def test_switches_for_payments_leave_the_bank_alone(pay: StripeSandbox) -> None:
    pay.switch("server_error", times=0)
    assert requests.get(f"{pay.url}/stripe/checkout/cs_none", timeout=5).status_code == 404
    assert pay.served() == 0
    assert requests.get(f"{pay.url}/v1/customers", headers=AUTHORIZED, timeout=5).status_code == 500


def test_without_its_settings_there_is_no_stripe(tmp_path: Path) -> None:
    assert read_settings(NEEDED).stripe is None
    bank = Sandbox(tmp_path)
    try:
        for path in ("/v1/customers", "/stripe/checkout/cs_1", "/control/stripe/requests"):
            assert requests.get(bank.url + path, headers=AUTHORIZED, timeout=5).status_code == 404
    finally:
        bank.stop()


def test_its_settings_are_the_environments_and_are_not_shown() -> None:
    names = ("SECRET_KEY", "WEBHOOK_SECRET", "WEBHOOK_URL", "FORMER_WEBHOOK_SECRET")
    given = {f"SANDBOX_STRIPE_{name}": f"hidden-{name.lower()}" for name in names}
    read = read_settings(NEEDED | given).stripe
    assert read is not None
    assert (read.secret_key, read.webhook_secret) == ("hidden-secret_key", "hidden-webhook_secret")
    assert (read.webhook_url, read.former_secret) == ("hidden-webhook_url", "hidden-former_webhook_secret")
    assert "hidden-secret_key" not in repr(read)
    assert "hidden-webhook_secret" not in repr(read)


def test_after_a_restart_everything_is_still_there(pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    now = pay.go_on(subscription.customer, days=31)
    pay.restart()
    again = pay.client_with(KEY)
    assert len(again.v1.invoices.list({"customer": str(subscription.customer)}).data) == 2
    answer = pay.post("/control/stripe/clock", customer=subscription.customer, days=1).json()
    assert answer["now"] >= now + 86_400 - 1
