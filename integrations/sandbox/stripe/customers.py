"""Customers: created, read, changed, deleted; their cards and tax ids."""

from typing import Any

from integrations.sandbox.stripe.call import Call, Expanding, Nothing, Paged, page
from integrations.sandbox.stripe.clock import clock_time, moment
from integrations.sandbox.stripe.errors import missing
from integrations.sandbox.stripe.invoicing import end
from integrations.sandbox.stripe.news import save, tell
from integrations.sandbox.stripe.shapes import people
from integrations.sandbox.stripe.shelf import Body, everything, get, outward, put
from integrations.sandbox.stripe.world import StripeWorld


class About(Expanding, kw_only=True):
    """Of a customer, what may be set at first and later. An empty text takes a value away."""

    name: str | None = None
    email: str | None = None
    description: str | None = None
    phone: str | None = None
    metadata: dict[str, str] | str | None = None
    address: dict[str, str] | str | None = None
    preferred_locales: list[str] | str | None = None
    tax_exempt: str | None = None
    balance: int | None = None
    invoice_settings: dict[str, Any] | None = None


class New(About, kw_only=True):
    test_clock: str | None = None


class Listing(Paged, kw_only=True):
    email: str | None = None
    test_clock: str | None = None


def create(world: StripeWorld, call: Call) -> Body:
    asked = call.read(New)
    if asked.test_clock:
        get(world, "test_helpers.test_clock", asked.test_clock, param="test_clock")
    now = int(clock_time(world, asked.test_clock))
    made = people.customer(now, test_clock=asked.test_clock)
    return outward(save(world, _with(made, asked), "customer.created", now))


def read(world: StripeWorld, call: Call) -> Body:
    call.read(Nothing)
    return outward(known(world, call.id, in_path=True))


def update(world: StripeWorld, call: Call) -> Body:
    asked = call.read(About)
    found = known(world, call.id, in_path=True)
    _must_be_alive(found)
    return outward(save(world, _with(found, asked), "customer.updated", moment(world, call.id)))


def delete(world: StripeWorld, call: Call) -> Body:
    found = known(world, call.id, in_path=True)
    _must_be_alive(found)
    now = moment(world, call.id)
    for one in everything(world, "subscription", call.id):
        if one["status"] not in {"canceled", "incomplete_expired"}:
            end(world, one, "cancellation_requested", now)
    tell(world, found, "customer.deleted", now)
    gone = {"id": call.id, "object": "customer", "deleted": True}
    return put(world, gone)


def listing(world: StripeWorld, call: Call) -> Body:
    asked = call.read(Listing)
    wanted = [
        one
        for one in everything(world, "customer")
        if not one.get("deleted")
        and asked.email in {None, one["email"]}
        and asked.test_clock in {None, one["test_clock"]}
    ]
    return page(call, asked, wanted)


def known(world: StripeWorld, customer_id: str, *, param: str = "customer", in_path: bool = False) -> Body:
    return get(world, "customer", customer_id, param="id" if in_path else param, in_path=in_path)


def alive(world: StripeWorld, customer_id: str, *, param: str = "customer") -> Body:
    """Raises StripeError for one that was deleted, as for one that never was."""
    found = known(world, customer_id, param=param)
    _must_be_alive(found, param)
    return found


def set_card(world: StripeWorld, customer_id: str, last4: str, now: int) -> Body:
    """Gives the customer a card, which is charged from now on."""
    customer = alive(world, customer_id)
    card = people.card(now, customer_id=customer_id, last4=last4, email=customer["email"])
    save(world, card, "payment_method.attached", now)
    settings = customer["invoice_settings"] | {"default_payment_method": card["id"]}
    save(world, customer | {"invoice_settings": settings}, "customer.updated", now)
    return card


def add_tax_id(world: StripeWorld, customer_id: str, value: str, now: int) -> None:
    """It is printed on every invoice from now on."""
    customer = alive(world, customer_id)
    kind = "us_ein" if value[:1].isdigit() else "eu_vat"
    save(world, customer | {"_tax_ids": [{"type": kind, "value": value}]}, "customer.updated", now)


def merged(before: dict[str, str], given: dict[str, str] | str | None) -> dict[str, str]:
    """Metadata: named keys are set, those with an empty value go, and an empty text takes all away."""
    if given is None:
        return before
    if isinstance(given, str):
        return {}
    return {key: value for key, value in {**before, **given}.items() if value}


def _with(body: Body, asked: About) -> Body:
    plain = ("name", "email", "description", "phone", "tax_exempt", "balance")
    given = {name: getattr(asked, name) for name in plain if getattr(asked, name) is not None}
    body |= {name: None if value == "" else value for name, value in given.items()}
    body["metadata"] = merged(body["metadata"], asked.metadata)
    if asked.address is not None:
        body["address"] = {**people.ADDRESS, **asked.address} if isinstance(asked.address, dict) else None
    if asked.preferred_locales is not None:
        body["preferred_locales"] = list(asked.preferred_locales)
    if asked.invoice_settings is not None:
        body["invoice_settings"] = body["invoice_settings"] | asked.invoice_settings
    return body


def _must_be_alive(body: Body, param: str = "id") -> None:
    if body.get("deleted"):
        raise missing("customer", body["id"], param=param)
