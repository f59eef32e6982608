"""Invoices: listed, read, paid by hand; and what a change would come to, before it is made."""

import msgspec

from integrations.sandbox.stripe.call import Call, Expanding, Nothing, Paged, page
from integrations.sandbox.stripe.catalogue import recurring_price
from integrations.sandbox.stripe.changes import Item, apply_item, parts_of_period, wanted_item
from integrations.sandbox.stripe.clock import moment
from integrations.sandbox.stripe.customers import alive
from integrations.sandbox.stripe.cycle import next_end
from integrations.sandbox.stripe.errors import StripeError, declined
from integrations.sandbox.stripe.ids import new_id
from integrations.sandbox.stripe.invoicing import collect, draw_up
from integrations.sandbox.stripe.reckoning import add_months, months_of, period_line
from integrations.sandbox.stripe.shapes.subscription import subscription as new_subscription
from integrations.sandbox.stripe.shelf import Body, everything, get, outward
from integrations.sandbox.stripe.world import StripeWorld


class Listing(Paged, kw_only=True):
    customer: str | None = None
    subscription: str | None = None
    status: str | None = None
    collection_method: str | None = None


class Paying(Expanding, kw_only=True):
    off_session: bool | None = None
    payment_method: str | None = None
    paid_out_of_band: bool = False


class Details(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    items: list[Item] | None = None
    proration_behavior: str = "create_prorations"
    proration_date: int | None = None
    cancel_at_period_end: bool | None = None
    trial_end: str | None = None


class Preview(Expanding, kw_only=True):
    customer: str | None = None
    subscription: str | None = None
    subscription_details: Details = msgspec.field(default_factory=Details)
    preview_mode: str | None = None
    currency: str | None = None


def listing(world: StripeWorld, call: Call) -> Body:
    asked = call.read(Listing)
    if asked.customer:
        get(world, "customer", asked.customer, param="customer")
    wanted = [
        one
        for one in everything(world, "invoice", asked.customer)
        if asked.status in {None, one["status"]}
        and asked.subscription in {None, one["parent"]["subscription_details"]["subscription"]}
    ]
    return page(call, asked, wanted)


def read(world: StripeWorld, call: Call) -> Body:
    call.read(Nothing)
    return outward(get(world, "invoice", call.id, in_path=True))


def pay(world: StripeWorld, call: Call) -> Body:
    call.read(Paying)
    found = get(world, "invoice", call.id, in_path=True)
    if found["status"] != "open":
        raise StripeError("Invoice is already paid" if found["status"] == "paid" else "Invoice is not open")
    if not collect(world, found, moment(world, found["customer"])):
        raise declined()
    return outward(get(world, "invoice", call.id))


def preview(world: StripeWorld, call: Call) -> Body:
    """Drawn up as the change itself would be, and not kept."""
    asked = call.read(Preview)
    details = asked.subscription_details
    if asked.subscription is None:
        return _first_invoice(world, asked)
    body = get(world, "subscription", asked.subscription, param="subscription")
    if asked.customer not in {None, body["customer"]}:
        raise StripeError(f"Customer {asked.customer} does not have that subscription.", param="subscription")
    if body["status"] in {"canceled", "incomplete_expired"}:
        text = f"No upcoming invoices for customer: '{body['customer']}'"
        raise StripeError(text, status=404, code="invoice_upcoming_none")
    now = moment(world, body["customer"])
    parts: list[Body] = []
    if details.items:
        price, quantity = wanted_item(world, body, details.items, "subscription_details[items]")
        if details.proration_behavior != "none":
            parts = parts_of_period(body, price, quantity, details.proration_date, now)
        apply_item(body, price, quantity)
    if details.proration_behavior == "always_invoice" and details.items:
        return _shown(draw_up(world, body, parts, "upcoming", now), now)
    item = body["items"]["data"][0]
    start = item["current_period_end"]
    lines = [*body.get("_pending_lines", []), *parts, period_line(item, start, next_end(body, start))]
    return _shown(draw_up(world, body, lines, "upcoming", now), start)


def _first_invoice(world: StripeWorld, asked: Preview) -> Body:
    """Of a subscription that is not there yet."""
    items = asked.subscription_details.items or []
    if asked.customer is None or len(items) != 1 or items[0].price is None:
        raise StripeError("You must provide a subscription, or a customer and one item.", param="subscription")
    customer = alive(world, asked.customer)
    price = recurring_price(world, items[0].price, "subscription_details[items][0][price]")
    now = moment(world, customer["id"])
    end = add_months(now, months_of(price))
    quantity = 1 if items[0].quantity is None else items[0].quantity
    body = new_subscription(now, customer=customer["id"], price=price, quantity=quantity, end=end)
    line = period_line(body["items"]["data"][0], now, end)
    return _shown(draw_up(world, body, [line], "upcoming", now), now)


def _shown(invoice: Body, collected_at: int) -> Body:
    upcoming = new_id("upcoming_in")
    for line in invoice["lines"]["data"]:
        line["invoice"] = upcoming
    ending = invoice["_ending_balance"]
    more = {"id": upcoming, "next_payment_attempt": collected_at, "ending_balance": ending}
    invoice["lines"]["url"] = f"/v1/invoices/upcoming/lines?invoice={upcoming}"
    return outward(invoice | more)
