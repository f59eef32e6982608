"""What the sandbox answers against the example objects that Stripe publishes: each key of theirs is in ours."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.sandbox.stripe.support import StripeSandbox

FILE = Path(__file__).parents[5] / "shared" / "data" / "stripe-fixtures3.json.gz"
# Left over in the example; today's client and document know it no more.
LEFT_OVER = {"invoice": {"subscription"}}

needs_examples = pytest.mark.skipif(not FILE.exists(), reason=f"{FILE.name} is not beside the repository")


@cache
def examples() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(gzip.decompress(FILE.read_bytes()))["resources"]
    return loaded


def differences(shown: Any, example: Any, place: str = "") -> list[str]:
    """Missing keys and other types; what is null on either side says nothing of its type, nor does an empty list."""
    if shown is None or example is None:
        return []
    if isinstance(example, list) and isinstance(shown, list):
        return differences(shown[0], example[0], f"{place}[0]") if shown and example else []
    if isinstance(example, dict) and isinstance(shown, dict):
        return _of_objects(shown, example, place)
    if type(shown) is not type(example) and {type(shown), type(example)} != {int, float}:
        return [f"{place} is {type(shown).__name__}, in the example {type(example).__name__}"]
    return []


def _of_objects(shown: dict[str, Any], example: dict[str, Any], place: str) -> list[str]:
    kind = str(example.get("object"))
    if shown.get("object", kind) != kind:
        return []
    wanted = {key for key in example if key not in LEFT_OVER.get(kind, set())}
    found = [f"{place}.{key} is missing" for key in sorted(wanted - shown.keys())]
    for key in sorted(wanted & shown.keys() - {"metadata"}):
        found += differences(shown[key], example[key], f"{place}.{key}")
    return found


def shown_objects(pay: StripeSandbox) -> dict[str, Any]:
    """One of each kind, as the API answers it."""
    api = pay.stripe.v1
    clock = api.test_helpers.test_clocks.create({"frozen_time": 1_800_000_000})
    coupon = api.coupons.create({"percent_off": 25.5, "duration": "forever", "name": "Fond"})
    code = api.promotion_codes.create({"code": "FALL20", "promotion": {"type": "coupon", "coupon": coupon.id}})
    session = pay.start_checkout(
        discounts=[{"promotion_code": code.id}], customer=pay.add_customer(test_clock=clock.id)
    )
    done = pay.complete(session.id)
    subscription = api.subscriptions.retrieve(done["subscription"], {"expand": ["discounts", "default_payment_method"]})
    customer = api.customers.retrieve(
        str(session.customer), {"expand": ["invoice_settings.default_payment_method", "test_clock"]}
    )
    invoice = pay.invoices(session.customer)[0]
    items = api.checkout.sessions.line_items.list(session.id)
    objects: dict[str, Any] = {
        "checkout.session": api.checkout.sessions.retrieve(session.id),
        "billing_portal.session": api.billing_portal.sessions.create(
            {"customer": customer.id, "return_url": "http://b"}
        ),
        "coupon": coupon,
        "customer": customer,
        "discount": subscription.discounts[0],
        "event": api.events.list({"limit": 1}).data[0],
        "invoice": invoice,
        "item": items.data[0],
        "line_item": invoice.lines.data[0],
        "price": items.data[0].price,
        "product": api.products.list().data[0],
        "promotion_code": code,
        "subscription": subscription,
        "test_helpers.test_clock": clock,
    }
    shown = {name: json.loads(str(one)) for name, one in objects.items()}
    shown["subscription_item"] = shown["subscription"]["items"]["data"][0]
    shown["payment_method"] = shown["customer"]["invoice_settings"]["default_payment_method"]
    return shown


@needs_examples
def test_every_object_has_the_keys_and_types_of_its_example(pay: StripeSandbox) -> None:
    shown = shown_objects(pay)
    assert {name: differences(one, examples()[name], name) for name, one in shown.items()} == {
        name: [] for name in shown
    }


@needs_examples
def test_a_preview_is_an_invoice_too(pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    preview = pay.stripe.v1.invoices.create_preview({"subscription": subscription.id})
    assert differences(json.loads(str(preview)), examples()["invoice"]) == []


@needs_examples
def test_a_missing_key_and_another_type_would_be_found() -> None:
    example = examples()["price"]
    less = {key: value for key, value in example.items() if key != "recurring"}
    assert differences(less, example) == [".recurring is missing"]
    assert differences({**example, "unit_amount": "12"}, example) == [".unit_amount is str, in the example int"]
    deeper = {**example, "recurring": {**example["recurring"], "interval": 1}}
    assert differences(deeper, example) == [".recurring.interval is int, in the example str"]
