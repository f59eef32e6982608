"""What the sandbox takes is what Stripe takes: no parameter of its own, and none that is asked for by another name."""

import msgspec
import pytest

from integrations.sandbox.stripe import catalogue, checkouts, customers, invoices, subscriptions, visits
from tests.billing.openapi import ID, OPERATIONS, check_request, schema_of
from tests.integrations.sandbox.stripe.support import StripeSandbox, item_of

TAKEN: dict[tuple[str, str], type[msgspec.Struct]] = {
    ("POST", "/v1/billing_portal/sessions"): visits.NewPortal,
    ("POST", "/v1/checkout/sessions"): checkouts.New,
    ("GET", "/v1/customers"): customers.Listing,
    ("POST", "/v1/customers"): customers.New,
    ("GET", "/v1/events"): visits.Events,
    ("GET", "/v1/invoices"): invoices.Listing,
    ("POST", "/v1/invoices/create_preview"): invoices.Preview,
    ("GET", "/v1/prices"): catalogue.Prices,
    ("POST", "/v1/prices"): catalogue.Price,
    ("GET", "/v1/products"): catalogue.Products,
    ("POST", "/v1/products"): catalogue.Product,
    ("GET", "/v1/subscriptions"): subscriptions.Listing,
    ("POST", f"/v1/customers/{ID}"): customers.About,
    ("POST", f"/v1/invoices/{ID}/pay"): invoices.Paying,
    ("POST", f"/v1/prices/{ID}"): catalogue.PriceChange,
    ("POST", f"/v1/products/{ID}"): catalogue.ProductChange,
    ("POST", f"/v1/subscriptions/{ID}"): subscriptions.Change,
    ("DELETE", f"/v1/subscriptions/{ID}"): subscriptions.Ending,
}


@pytest.mark.parametrize("operation", TAKEN)
def test_every_parameter_is_stripes(operation: tuple[str, str]) -> None:
    known = schema_of(OPERATIONS[operation])["properties"]
    assert {*TAKEN[operation].__struct_fields__} <= known.keys()


def test_every_request_of_a_whole_life_is_one_that_stripe_accepts(pay: StripeSandbox) -> None:
    subscription = pay.subscribe(allow_promotion_codes=True, subscription_data={"trial_period_days": 3})
    items = [{"id": item_of(subscription).id, "quantity": 9}]
    pay.change(subscription, items=items, proration_behavior="always_invoice", metadata={"a": "b"})
    pay.change(subscription, cancel_at_period_end=True)
    pay.stripe.v1.billing_portal.sessions.create({"customer": str(subscription.customer), "return_url": "http://b"})
    pay.stripe.v1.invoices.create_preview({"subscription": subscription.id})
    pay.stripe.v1.subscriptions.cancel(subscription.id, {"invoice_now": True})
    pay.stripe.v1.customers.delete(str(subscription.customer))
    seen = pay.seen("requests")
    assert len(seen) > 10
    assert [
        problem for one in seen for problem in check_request(one["method"], one["path"], one["body"] or one["query"])
    ] == []
