"""The referee of requests finds what Stripe would refuse, and nothing else."""

import pytest

from tests.billing.openapi import OPERATIONS, VERSION, check_request, schema_of

CHECKOUT = (
    "mode=subscription&line_items[0][price]=price_1&line_items[0][quantity]=3&customer=cus_1"
    "&success_url=https%3A%2F%2Fa.example%2F&metadata[plan]=team&subscription_data[metadata][workspace]=w"
    "&allow_promotion_codes=true&tax_id_collection[enabled]=true&customer_update[name]=auto&expand[]=line_items"
)
CHANGE = "items[0][id]=si_1&items[0][quantity]=5&proration_behavior=always_invoice&proration_date=1800000000"


@pytest.mark.parametrize(
    ("method", "path", "form"),
    [
        ("POST", "/v1/checkout/sessions", CHECKOUT),
        ("POST", "/v1/subscriptions/sub_1", CHANGE),
        ("POST", "/v1/subscriptions/sub_1", "cancel_at_period_end=false&cancel_at=&trial_end=now"),
        ("POST", "/v1/subscriptions/sub_1", "trial_end=1800000000&metadata="),
        ("GET", "/v1/subscriptions", "customer=cus_1&status=all&limit=100&expand[0]=data.latest_invoice"),
        ("GET", "/v1/subscriptions", "created=1800000000"),
        ("GET", "/v1/subscriptions", "created[gte]=1800000000"),
        ("DELETE", "/v1/subscriptions/sub_1", "invoice_now=true"),
        ("POST", "/v1/prices", "currency=usd&product=p&unit_amount=1200&recurring[interval]=month&lookup_key=k"),
        ("POST", "/v1/prices", "currency=usd&product=p&unit_amount_decimal=12.5"),
        ("POST", "/v1/customers/cus_1", "metadata[a]=&name="),
        ("GET", "/v1/invoices/in_1", ""),
    ],
)
def test_what_stripe_accepts_is_accepted(method: str, path: str, form: str) -> None:
    assert check_request(method, path, form) == []


@pytest.mark.parametrize(
    ("method", "path", "form", "problem"),
    [
        ("POST", "/v1/charges", "", "no such operation"),
        ("GET", "/v1/checkout/sessions/cs_1/expire", "", "no such operation"),
        ("POST", "/v1/checkout/sessions", f"{CHECKOUT}&colour=red", "'colour' was unexpected"),
        ("POST", "/v1/checkout/sessions", f"{CHECKOUT}&line_items[0][seats]=3", "'seats' was unexpected"),
        ("POST", "/v1/checkout/sessions", f"{CHECKOUT}&api_key=sk", "'api_key' was unexpected"),
        ("POST", "/v1/checkout/sessions", CHECKOUT.replace("=3", "=three"), "'three' is not of type 'integer'"),
        ("POST", "/v1/checkout/sessions", CHECKOUT.replace("=true", "=yes", 1), "'yes' is not of type 'boolean'"),
        ("POST", "/v1/checkout/sessions", CHECKOUT.replace("=subscription", "=rent"), "'rent' is not one of"),
        ("POST", "/v1/checkout/sessions", CHECKOUT.replace("line_items[0]", "line_items"), "is not of type 'array'"),
        ("POST", "/v1/checkout/sessions", "tax_id_collection[required]=never", "'enabled' is a required property"),
        ("POST", "/v1/checkout/sessions", f"client_reference_id={'x' * 201}", "is too long"),
        ("POST", "/v1/customers", f"metadata[{'k' * 41}]=v", "metadata"),
        ("POST", "/v1/customers", f"metadata[k]={'v' * 501}", "metadata"),
        ("POST", "/v1/customers", "&".join(f"metadata[k{n}]=v" for n in range(51)), "metadata"),
        ("POST", "/v1/subscriptions/sub_1", CHANGE.replace("always_invoice", "sometimes"), "'sometimes' is not one of"),
        ("POST", "/v1/subscriptions/sub_1", "trial_end=tomorrow", "'tomorrow' is not valid"),
        ("POST", "/v1/prices", "unit_amount=1200", "'currency' is a required property"),
        ("POST", "/v1/products", "description=d", "'name' is a required property"),
        ("GET", "/v1/prices", "lookup_keys=one", "is not of type 'array'"),
    ],
)
def test_what_stripe_would_refuse_is_found(method: str, path: str, form: str, problem: str) -> None:
    (found,) = check_request(method, path, form)
    assert problem in found


def test_every_operation_has_a_schema_of_the_version_that_is_pinned() -> None:
    assert VERSION == "2026-10-28.endive"
    for kind in OPERATIONS.values():
        schema = schema_of(kind)
        assert "expand" in schema["properties"] or kind.__name__ == "CustomerDeleteParams"
        assert "idempotency_key" not in schema["properties"]
