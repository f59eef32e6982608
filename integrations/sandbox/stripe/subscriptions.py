"""Subscriptions: read, changed within a period, canceled at its end or at once, paused and resumed."""

from typing import Any

from integrations.sandbox.stripe.call import Call, Expanding, Nothing, Paged, page
from integrations.sandbox.stripe.changes import Item, apply_item, parts_of_period, wanted_item
from integrations.sandbox.stripe.clock import moment
from integrations.sandbox.stripe.customers import merged
from integrations.sandbox.stripe.cycle import start_paying
from integrations.sandbox.stripe.errors import StripeError, declined
from integrations.sandbox.stripe.invoicing import bill, draw_up, end, would_pay
from integrations.sandbox.stripe.news import save
from integrations.sandbox.stripe.shelf import Body, everything, get, outward, put
from integrations.sandbox.stripe.world import StripeWorld

ALL_OVER = {"canceled", "incomplete_expired"}


class Listing(Paged, kw_only=True):
    customer: str | None = None
    status: str | None = None
    price: str | None = None


class Change(Expanding, kw_only=True):
    items: list[Item] | None = None
    cancel_at_period_end: bool | None = None
    cancel_at: str | None = None
    cancellation_details: dict[str, str] | None = None
    description: str | None = None
    metadata: dict[str, str] | str | None = None
    off_session: bool | None = None
    payment_behavior: str = "allow_incomplete"
    proration_behavior: str = "create_prorations"
    proration_date: int | None = None
    pause_collection: Any = None
    trial_end: str | None = None


class Ending(Expanding, kw_only=True):
    cancellation_details: dict[str, str] | None = None
    invoice_now: bool = False
    prorate: bool = False


def listing(world: StripeWorld, call: Call) -> Body:
    """Without a status, those that are not over."""
    asked = call.read(Listing)
    if asked.customer:
        get(world, "customer", asked.customer, param="customer")
    found = everything(world, "subscription", asked.customer)
    return page(call, asked, [one for one in found if _has_status(one, asked.status)])


def read(world: StripeWorld, call: Call) -> Body:
    call.read(Nothing)
    return outward(get(world, "subscription", call.id, in_path=True))


def update(world: StripeWorld, call: Call) -> Body:
    asked, body = call.read(Change), get(world, "subscription", call.id, in_path=True)
    now = moment(world, body["customer"])
    if body["status"] in ALL_OVER:
        _update_ended(body, asked)
    lines = _change_item(world, body, asked, now) if asked.items else []
    _set_plain(body, asked)
    _set_end(body, asked, now)
    save(world, body, "customer.subscription.updated", now)
    if lines and asked.proration_behavior == "always_invoice":
        bill(world, body, lines, "subscription_update", now)
    elif lines:
        put(world, body | {"_pending_lines": [*body.get("_pending_lines", []), *lines]})
    if asked.trial_end == "now" and body["status"] == "trialing":
        start_paying(world, body, now)
    return outward(get(world, "subscription", call.id))


def delete(world: StripeWorld, call: Call) -> Body:
    """Ends it at once."""
    asked, body = call.read(Ending), get(world, "subscription", call.id, in_path=True)
    if body["status"] in ALL_OVER:
        raise StripeError(f"No such subscription: '{call.id}'", status=404, code="resource_missing", param="id")
    body["cancellation_details"] |= asked.cancellation_details or {}
    return outward(end(world, body, "cancellation_requested", moment(world, body["customer"])))


def resume(world: StripeWorld, call: Call) -> Body:
    """Of a paused one; the first period that costs something begins."""
    body = get(world, "subscription", call.id, in_path=True)
    if body["status"] != "paused":
        raise StripeError("Only paused subscriptions can be resumed.")
    now = moment(world, body["customer"])
    save(world, body | {"status": "active"}, "customer.subscription.resumed", now)
    start_paying(world, get(world, "subscription", call.id), now)
    return outward(get(world, "subscription", call.id))


def set_cancel(world: StripeWorld, body: Body, at_end: bool, now: int) -> Body:
    """To the end of the period, or not any more; as a person does on the portal's page."""
    _set_end(body, Change(cancel_at_period_end=at_end), now)
    return save(world, body, "customer.subscription.updated", now)


def _has_status(body: Body, wanted: str | None) -> bool:
    if wanted is None:
        return body["status"] not in ALL_OVER
    return wanted == "all" or (body["status"] in ALL_OVER if wanted == "ended" else body["status"] == wanted)


def _update_ended(body: Body, asked: Change) -> None:
    wants = asked.items, asked.cancel_at_period_end, asked.cancel_at, asked.trial_end, asked.pause_collection
    if any(one is not None for one in wants):
        text = "A canceled subscription can only update its cancellation_details and metadata."
        raise StripeError(text)


def _change_item(world: StripeWorld, body: Body, asked: Change, now: int) -> list[Body]:
    """Changes the item; returns the lines that it comes to."""
    price, quantity = wanted_item(world, body, asked.items or [], "items")
    lines: list[Body] = []
    if asked.proration_behavior != "none":
        lines = parts_of_period(body, price, quantity, asked.proration_date, now)
    if lines and asked.payment_behavior == "error_if_incomplete" and asked.proration_behavior == "always_invoice":
        invoice = draw_up(world, body, lines, "subscription_update", now)
        if invoice["amount_due"] and not would_pay(world, invoice):
            raise declined()
    apply_item(body, price, quantity)
    return lines


def _set_plain(body: Body, asked: Change) -> None:
    body["metadata"] = merged(body["metadata"], asked.metadata)
    if asked.description is not None:
        body["description"] = asked.description or None
    if asked.cancellation_details is not None:
        body["cancellation_details"] = body["cancellation_details"] | asked.cancellation_details
    if asked.pause_collection is not None:
        given = {"resumes_at": None, **asked.pause_collection} if asked.pause_collection else None
        body["pause_collection"] = given


def _set_end(body: Body, asked: Change, now: int) -> None:
    if asked.cancel_at_period_end is None and asked.cancel_at is None:
        return
    end_at = body["items"]["data"][0]["current_period_end"]
    at = int(asked.cancel_at) if asked.cancel_at else (end_at if asked.cancel_at_period_end else None)
    reason = "cancellation_requested" if at else None
    body |= {
        "cancel_at_period_end": bool(asked.cancel_at_period_end),
        "cancel_at": at,
        "canceled_at": now if at else None,
        "cancellation_details": body["cancellation_details"] | {"reason": reason},
    }
