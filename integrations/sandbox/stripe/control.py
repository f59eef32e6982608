"""Stripe's part of the control: what a person would do on its pages or in its dashboard, and what was asked of it.

Addresses are in the package's docstring. Bodies are JSON; a refusal is {"error": why} with 400.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from integrations.sandbox.stripe import customers, offers, paying
from integrations.sandbox.stripe.clock import clock_time, moment, move_ahead
from integrations.sandbox.stripe.cycle import settle
from integrations.sandbox.stripe.delivery import tick
from integrations.sandbox.stripe.due import DAY
from integrations.sandbox.stripe.errors import StripeError
from integrations.sandbox.stripe.invoicing import DECLINED, FAILS_LATER, WORKS
from integrations.sandbox.stripe.news import queue, save
from integrations.sandbox.stripe.reckoning import add_months
from integrations.sandbox.stripe.shelf import Body, clock_of, get, outward
from integrations.sandbox.stripe.world import StripeWorld
from integrations.sandbox.web import Handler, Request, Response, json_response

CARDS = {"works": WORKS, "declined": DECLINED, "fails_at_renewal": FAILS_LATER}
OUTCOMES = ("unpaid", "canceled", "past_due")
Order = TypeVar("Order", bound=msgspec.Struct)


class Completion(msgspec.Struct, forbid_unknown_fields=True):
    """`card` is one of CARDS."""

    session: str
    card: str = "works"
    promotion_code: str = ""
    tax_id: str = ""


class ClockChange(msgspec.Struct, forbid_unknown_fields=True):
    """To a moment (Unix time), or on by days and months."""

    customer: str
    to: int | None = None
    days: float = 0
    months: int = 0


class CardChange(msgspec.Struct, forbid_unknown_fields=True):
    customer: str
    card: str


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """What becomes of a subscription whose payment was tried in vain for the last time."""

    after_retries: str


class Again(msgspec.Struct, forbid_unknown_fields=True):
    """An event that is sent once more, now."""

    event: str


class Status(msgspec.Struct, forbid_unknown_fields=True):
    """Puts a subscription into a status, whatever led there."""

    subscription: str
    status: str


@dataclass(frozen=True, slots=True)
class _Post(Generic[Order]):
    kind: type[Order]
    do: Callable[[StripeWorld, Any], object]


def build_control(world: StripeWorld, guarded: Callable[[Handler], Handler]) -> list[tuple[str, str, Handler]]:
    """The routes of it."""
    offers.add_built_in(world)
    posts: dict[str, _Post[Any]] = {
        "checkouts": _Post(Completion, complete),
        "clock": _Post(ClockChange, move_clock),
        "cards": _Post(CardChange, change_card),
        "choices": _Post(Choice, choose),
        "events": _Post(Again, send_again),
        "subscriptions": _Post(Status, set_status),
    }
    return [
        *(("POST", f"/control/stripe/{name}", guarded(_bound(world, post))) for name, post in posts.items()),
        ("GET", "/control/stripe/clock", guarded(lambda request: _show_clock(world, request))),
        ("GET", "/control/stripe/requests", guarded(lambda _: json_response({"requests": requests_of(world)}))),
        ("DELETE", "/control/stripe/requests", guarded(lambda _: _forget(world))),
        ("GET", "/control/stripe/deliveries", guarded(lambda _: json_response({"deliveries": deliveries_of(world)}))),
        ("POST", "/control/stripe/deliveries", guarded(lambda _: _deliver(world))),
    ]


def complete(world: StripeWorld, order: Completion) -> Body:
    """The session as it is afterwards."""
    session = get(world, "checkout.session", order.session)
    card = _card(order.card)
    return paying.complete(world, session, card=card, code=order.promotion_code, tax_id=order.tax_id)


def move_clock(world: StripeWorld, order: ClockChange) -> dict[str, object]:
    """Everything that was to happen until then happens, in the order of time."""
    get(world, "customer", order.customer)
    clock = clock_of(world, order.customer)
    now = clock_time(world, clock)
    to = order.to if order.to is not None else add_months(int(now + order.days * DAY), order.months)
    if to < int(now):
        raise StripeError("the clock does not go back")
    move_ahead(world, clock, max(to, now))
    settle(world, clock)
    return {"customer": order.customer, "now": to}


def change_card(world: StripeWorld, order: CardChange) -> Body:
    return outward(customers.set_card(world, order.customer, _card(order.card), moment(world, order.customer)))


def choose(world: StripeWorld, order: Choice) -> dict[str, object]:
    if order.after_retries not in OUTCOMES:
        raise StripeError(f"after_retries is one of {', '.join(OUTCOMES)}")
    sql = "INSERT OR REPLACE INTO stripe_choice (name, value) VALUES ('after_retries', ?)"
    world.store.run(sql, order.after_retries)
    return {"after_retries": order.after_retries}


def send_again(world: StripeWorld, order: Again) -> dict[str, object]:
    queue(world, get(world, "event", order.event)["id"])
    return {"event": order.event}


def set_status(world: StripeWorld, order: Status) -> Body:
    found = get(world, "subscription", order.subscription)
    now = moment(world, found["customer"])
    return outward(save(world, found | {"status": order.status}, "customer.subscription.updated", now))


def requests_of(world: StripeWorld) -> list[dict[str, object]]:
    """Every call of the API, oldest first."""
    return [dict(row) for row in world.store.all("SELECT * FROM stripe_request ORDER BY seq")]


def deliveries_of(world: StripeWorld) -> list[dict[str, object]]:
    """Every event on its way or there, oldest first."""
    rows = world.store.all("SELECT * FROM stripe_delivery ORDER BY id")
    return [dict(row) | {"type": get(world, "event", row["event_id"])["type"]} for row in rows]


def _bound(world: StripeWorld, post: _Post[Any]) -> Handler:
    def handle(request: Request) -> Response:
        try:
            with world.store.writing():
                return json_response(post.do(world, msgspec.json.decode(request.body, type=post.kind)))
        except (msgspec.MsgspecError, UnicodeDecodeError, StripeError) as error:
            return json_response({"error": str(error)}, 400)

    return handle


def _show_clock(world: StripeWorld, request: Request) -> Response:
    customer = request.query.get("customer", [""])[0]
    return json_response({"customer": customer, "now": moment(world, customer)})


def _forget(world: StripeWorld) -> Response:
    world.store.run("DELETE FROM stripe_request")
    return json_response({"requests": []})


def _deliver(world: StripeWorld) -> Response:
    """All that is due is sent before this answers."""
    tick(world)
    return json_response({"deliveries": deliveries_of(world)})


def _card(name: str) -> str:
    if name not in CARDS:
        raise StripeError(f"card is one of {', '.join(CARDS)}")
    return CARDS[name]
