"""The official client is the referee: it must parse every answer, and raise what Stripe's would."""

from typing import Any, cast

import pytest
import requests
import stripe

from tests.integrations.sandbox.stripe.support import KEY, StripeSandbox, item_of


def test_a_checkout_becomes_an_active_subscription(pay: StripeSandbox) -> None:
    session = pay.start_checkout(seats=3, client_reference_id="w-1", metadata={"plan": "team"})
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 3600)
    done = pay.complete(session.id)
    assert (done["status"], done["payment_status"], done["url"]) == ("complete", "paid", None)
    shown = pay.stripe.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items", "subscription"]})
    assert isinstance(shown.subscription, stripe.Subscription)
    assert (shown.subscription.status, shown.client_reference_id) == ("active", "w-1")
    assert shown.line_items is not None
    assert shown.line_items.data[0].quantity == item_of(shown.subscription).quantity == 3
    (invoice,) = pay.invoices(session.customer)
    assert (invoice.status, invoice.amount_paid, invoice.amount_remaining) == ("paid", 3600, 0)
    assert invoice.parent is not None
    assert invoice.parent.subscription_details is not None
    assert invoice.parent.subscription_details.subscription == shown.subscription.id
    news = pay.types()
    order = ["customer.subscription.created", "invoice.paid", "customer.subscription.updated"]
    assert [one for one in news if one in order] == order
    assert news[-1] == "checkout.session.completed"


def test_a_card_that_is_declined_leaves_the_checkout_open(pay: StripeSandbox) -> None:
    session = pay.start_checkout()
    answer = pay.post("/control/stripe/checkouts", session=session.id, card="declined")
    assert (answer.status_code, answer.json()["error"]) == (400, "Your card was declined.")
    assert pay.stripe.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert pay.stripe.v1.subscriptions.list({"customer": str(session.customer), "status": "all"}).data == []


def test_the_same_key_has_one_effect_and_other_parameters_are_refused(pay: StripeSandbox) -> None:
    made = [pay.stripe.v1.customers.create({"name": "A"}, {"idempotency_key": "once"}) for _ in range(2)]
    assert made[0].id == made[1].id
    assert (made[0].last_response.headers.get("Idempotent-Replayed")) is None  # type: ignore[union-attr]  # it is there
    assert made[1].last_response.headers["Idempotent-Replayed"] == "true"  # type: ignore[union-attr]  # it is there
    with pytest.raises(stripe.IdempotencyError):
        pay.stripe.v1.customers.create({"name": "B"}, {"idempotency_key": "once"})
    assert len(pay.stripe.v1.customers.list().data) == 1


def test_a_lookup_key_finds_a_price_and_is_given_over_only_when_asked(pay: StripeSandbox) -> None:
    first = pay.add_price("key_1", 1200)
    second = pay.add_price("key_1", 1500)
    found = pay.stripe.v1.prices.list({"lookup_keys": ["key_1", "key_2"], "active": True})
    assert [one.id for one in found.data] == [second.id]
    assert pay.stripe.v1.prices.retrieve(first.id).lookup_key is None
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        pay.stripe.v1.prices.update(first.id, {"lookup_key": "key_1"})
    assert pay.stripe.v1.prices.update(first.id, {"active": False}).active is False
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        pay.start_checkout(line_items=[{"price": first.id, "quantity": 1}])


def test_lists_come_in_pages_newest_first(pay: StripeSandbox) -> None:
    made = [pay.add_customer(name=f"No. {number}") for number in range(5)]
    first = pay.stripe.v1.customers.list({"limit": 2})
    assert (first.has_more, [one.id for one in first.data]) == (True, made[:2:-1])
    assert [one.id for one in first.auto_paging_iter()] == made[::-1]
    last = pay.stripe.v1.customers.list({"limit": 2, "starting_after": made[1]})
    assert (last.has_more, [one.id for one in last.data]) == (False, [made[0]])


@pytest.mark.parametrize(
    ("call", "code", "param"),
    [
        (lambda pay: pay.customers.retrieve("cus_none"), "resource_missing", "id"),
        (lambda pay: pay.customers.create({"colour": "red"}), "parameter_unknown", "colour"),
        (lambda pay: pay.products.create({}), "parameter_missing", "name"),
        (lambda pay: pay.prices.create({"currency": "usd", "product": "p"}), "parameter_missing", "unit_amount"),
        (lambda pay: pay.invoices.list({"limit": "many"}), None, "limit"),
        (lambda pay: pay.billing_portal.sessions.create({"customer": "cus_none"}), "resource_missing", "customer"),
        (lambda pay: pay.subscriptions.list({"starting_after": "sub_none"}), "resource_missing", "starting_after"),
    ],
)
def test_what_is_wrong_is_named(call: Any, code: str | None, param: str, pay: StripeSandbox) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(pay.stripe.v1)
    assert (caught.value.code, caught.value.param) == (code, param)
    assert caught.value.request_id is not None
    assert caught.value.request_id.startswith("req_")


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"discounts": [{"coupon": "welcome"}], "allow_promotion_codes": True}, "allow_promotion_codes"),
        ({"tax_id_collection": {"enabled": True}}, "customer_update[name]"),
        ({"mode": "payment"}, "mode"),
        ({"expires_at": 1}, "expires_at"),
        ({"customer": "cus_none"}, "customer"),
        ({"customer_email": "a@b.example"}, "customer"),
    ],
)
def test_a_checkout_that_stripe_would_refuse_is_refused(more: dict[str, Any], param: str, pay: StripeSandbox) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        pay.start_checkout(**more)
    assert caught.value.param == param


def test_without_the_key_nothing_is_told(pay: StripeSandbox) -> None:
    with pytest.raises(stripe.AuthenticationError):
        pay.client_with("sk_test_guess").v1.customers.list()
    assert requests.get(f"{pay.url}/v1/customers", timeout=5).status_code == 401
    assert requests.get(f"{pay.url}/v1/customers", headers={"Authorization": f"Bearer {KEY}"}, timeout=5).ok
    unknown = requests.get(f"{pay.url}/v1/charges", headers={"Authorization": f"Bearer {KEY}"}, timeout=5)
    assert (unknown.status_code, unknown.json()["error"]["type"]) == (404, "invalid_request_error")


def test_an_older_version_is_answered_in_its_shapes(pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    old = pay.client_with(KEY, "2024-06-20").v1
    body = cast(Any, old.subscriptions.retrieve(subscription.id)).to_dict()
    assert body["current_period_end"] == item_of(subscription).current_period_end
    assert "current_period_end" not in body["items"]["data"][0]
    invoice = cast(Any, old.invoices.list({"customer": str(subscription.customer)}).data[0]).to_dict()
    assert (invoice["subscription"], invoice["paid"], "parent" in invoice) == (subscription.id, True, False)
    assert invoice["lines"]["data"][0]["price"]["id"] == item_of(subscription).price.id


def test_a_deleted_customer_loses_the_subscription_and_can_do_nothing_more(pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    assert pay.stripe.v1.customers.delete(str(subscription.customer)).deleted
    assert pay.subscription(subscription.id).status == "canceled"
    assert pay.types()[-2:] == ["customer.subscription.deleted", "customer.deleted"]
    assert pay.stripe.v1.customers.retrieve(str(subscription.customer)).deleted
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        pay.start_checkout(customer=str(subscription.customer))


def test_every_call_is_written_down(pay: StripeSandbox) -> None:
    pay.stripe.v1.customers.create({"name": "A"}, {"idempotency_key": "key-1"})
    pay.stripe.v1.customers.list({"limit": 3})
    first, second = pay.seen("requests")
    assert (first["method"], first["path"], first["body"]) == ("POST", "/v1/customers", "name=A")
    assert (first["idempotency_key"], first["version"], first["status"]) == ("key-1", "2026-10-28.endive", 200)
    assert (second["method"], second["query"], second["body"]) == ("GET", "limit=3", "")
