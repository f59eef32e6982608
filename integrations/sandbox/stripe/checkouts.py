"""Checkout sessions: made, read, expired."""

from typing import Any

import msgspec

from integrations.sandbox.stripe import customers
from integrations.sandbox.stripe.call import Call, Expanding, Nothing, Paged, page
from integrations.sandbox.stripe.catalogue import recurring_price
from integrations.sandbox.stripe.clock import moment
from integrations.sandbox.stripe.due import DAY, HOUR
from integrations.sandbox.stripe.errors import StripeError
from integrations.sandbox.stripe.news import save
from integrations.sandbox.stripe.paying import reduce
from integrations.sandbox.stripe.shapes import visits
from integrations.sandbox.stripe.shelf import Body, everything, get, outward, put
from integrations.sandbox.stripe.world import StripeWorld


class LineItem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    price: str
    quantity: int
    adjustable_quantity: dict[str, str] | None = None


class SubscriptionData(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    metadata: dict[str, str] = msgspec.field(default_factory=dict)
    description: str | None = None
    trial_period_days: int | None = None
    trial_settings: dict[str, dict[str, str]] | None = None


class Discount(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    coupon: str | None = None
    promotion_code: str | None = None


class Enabled(msgspec.Struct, forbid_unknown_fields=True):
    enabled: bool
    required: str | None = None


class New(Expanding, kw_only=True):
    mode: str
    line_items: list[LineItem]
    success_url: str
    cancel_url: str | None = None
    customer: str | None = None
    customer_email: str | None = None
    client_reference_id: str | None = None
    metadata: dict[str, str] = msgspec.field(default_factory=dict)
    subscription_data: SubscriptionData = msgspec.field(default_factory=SubscriptionData)
    allow_promotion_codes: bool | None = None
    discounts: list[Discount] | None = None
    tax_id_collection: Enabled | None = None
    automatic_tax: Enabled | None = None
    customer_update: dict[str, str] | None = None
    billing_address_collection: str | None = None
    payment_method_collection: str = "always"
    allowed_payment_method_types: list[str] | None = None
    locale: str | None = None
    expires_at: int | None = None
    ui_mode: str | None = None
    submit_type: str | None = None
    custom_text: Any = None


class Listing(Paged, kw_only=True):
    customer: str | None = None
    subscription: str | None = None
    status: str | None = None


def create(world: StripeWorld, call: Call) -> Body:
    asked = call.read(New)
    _check(world, asked)
    if len(asked.line_items) != 1:
        raise StripeError("One line item is what this sandbox knows.", param="line_items")
    wanted = asked.line_items[0]
    price = recurring_price(world, wanted.price, "line_items[0][price]")
    if wanted.quantity < 1:
        raise StripeError("Invalid quantity: at least 1.", param="line_items[0][quantity]")
    now = moment(world, asked.customer)
    amount = price["unit_amount"] * wanted.quantity
    made = visits.checkout(now, pages=world.pages, subtotal=amount, currency=price["currency"])
    simple = (
        "success_url cancel_url customer customer_email client_reference_id metadata allow_promotion_codes locale "
        "billing_address_collection payment_method_collection submit_type"
    )
    made |= {name: getattr(asked, name) for name in simple.split()}
    made["expires_at"] = _expiry(asked.expires_at, now)
    if asked.tax_id_collection:
        made["tax_id_collection"] = {"enabled": asked.tax_id_collection.enabled, "required": "never"}
    made["_customer_update"] = asked.customer_update or {}
    made["_line_items"] = [visits.line_of_checkout(price, wanted.quantity, amount)]
    made["_subscription_data"] = msgspec.to_builtins(asked.subscription_data)
    for one in asked.discounts or []:
        reduce(world, made, one.coupon, one.promotion_code)
    put(world, made)
    return _outward(made, asked)


def read(world: StripeWorld, call: Call) -> Body:
    asked = call.read(Nothing)
    return _outward(get(world, "checkout.session", call.id, in_path=True), asked)


def line_items(world: StripeWorld, call: Call) -> Body:
    asked = call.read(Paged)
    return page(call, asked, get(world, "checkout.session", call.id, in_path=True)["_line_items"])


def listing(world: StripeWorld, call: Call) -> Body:
    asked = call.read(Listing)
    found = everything(world, "checkout.session", asked.customer)
    wanted = [
        one
        for one in found
        if asked.status in {None, one["status"]} and asked.subscription in {None, one["subscription"]}
    ]
    return page(call, asked, wanted)


def expire(world: StripeWorld, call: Call) -> Body:
    asked = call.read(Nothing)
    found = get(world, "checkout.session", call.id, in_path=True)
    if found["status"] != "open":
        text = f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {found["status"]}.'
        raise StripeError(text)
    now = moment(world, found["customer"])
    return _outward(save(world, found | {"status": "expired", "url": None}, "checkout.session.expired", now), asked)


def _outward(session: Body, asked: Expanding) -> Body:
    """The line items are shown only where they are asked for."""
    shown = outward(session)
    if "line_items" in asked.expand:
        url = f"/v1/checkout/sessions/{session['id']}/line_items"
        shown["line_items"] = {"object": "list", "data": session["_line_items"], "has_more": False, "url": url}
    return shown


def _check(world: StripeWorld, asked: New) -> None:
    if asked.mode != "subscription":
        raise StripeError("This sandbox sells subscriptions alone.", param="mode")
    if asked.customer:
        customers.alive(world, asked.customer)
    if asked.customer and asked.customer_email:
        raise StripeError("You may only specify one of these parameters: customer, customer_email.", param="customer")
    if asked.discounts and asked.allow_promotion_codes:
        text = "You may only specify one of these parameters: allow_promotion_codes, discounts."
        raise StripeError(text, param="allow_promotion_codes")
    collects = asked.tax_id_collection is not None and asked.tax_id_collection.enabled
    if collects and asked.customer and (asked.customer_update or {}).get("name") != "auto":
        raise StripeError(
            "Tax ID collection requires updating business name on the customer. To enable tax ID collection for an "
            "existing customer, please set `customer_update[name]` to `auto`.",
            param="customer_update[name]",
        )


def _expiry(asked: int | None, now: int) -> int:
    if asked is None:
        return now + DAY
    if not now + HOUR / 2 <= asked <= now + DAY:
        text = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise StripeError(text, param="expires_at")
    return asked
