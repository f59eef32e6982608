"""Portal sessions, test clocks and events, as the API has them."""

from typing import Any

from integrations.sandbox.stripe import customers
from integrations.sandbox.stripe.call import Call, Expanding, Paged, page
from integrations.sandbox.stripe.clock import moment, set_clock
from integrations.sandbox.stripe.cycle import settle
from integrations.sandbox.stripe.due import HOUR
from integrations.sandbox.stripe.errors import StripeError
from integrations.sandbox.stripe.shapes import visits
from integrations.sandbox.stripe.shelf import Body, everything, get, outward, put
from integrations.sandbox.stripe.world import StripeWorld

# Of the sandbox's own time, whatever the customer's clock shows.
PORTAL_LASTS = HOUR


class NewPortal(Expanding, kw_only=True):
    customer: str
    return_url: str | None = None
    configuration: str | None = None
    flow_data: Any = None
    locale: str | None = None


class NewClock(Expanding, kw_only=True):
    frozen_time: int
    name: str | None = None


class Advance(Expanding, kw_only=True):
    frozen_time: int


class Events(Paged, kw_only=True):
    type: str | None = None
    types: list[str] | None = None
    delivery_success: bool | None = None


def create_portal(world: StripeWorld, call: Call) -> Body:
    asked = call.read(NewPortal)
    customers.alive(world, asked.customer)
    now = moment(world, asked.customer)
    made = visits.portal(now, pages=world.pages, customer=asked.customer, return_url=asked.return_url)
    return outward(put(world, made | {"_until": world.now() + PORTAL_LASTS}))


def create_clock(world: StripeWorld, call: Call) -> Body:
    asked = call.read(NewClock)
    made = put(world, visits.clock(int(world.now()), frozen_time=asked.frozen_time, name=asked.name))
    set_clock(world, made["id"], asked.frozen_time, is_frozen=True)
    return made


def advance_clock(world: StripeWorld, call: Call) -> Body:
    """All that was to happen until then has happened when this answers, so the clock is ready at once."""
    asked = call.read(Advance)
    found = get(world, "test_helpers.test_clock", call.id, in_path=True)
    if asked.frozen_time <= found["frozen_time"]:
        text = "The frozen time must be later than the test clock's current frozen time."
        raise StripeError(text, param="frozen_time")
    set_clock(world, call.id, asked.frozen_time, is_frozen=True)
    settle(world, call.id)
    return put(world, found | {"frozen_time": asked.frozen_time})


def list_clocks(world: StripeWorld, call: Call) -> Body:
    return page(call, call.read(Paged), everything(world, "test_helpers.test_clock"))


def list_events(world: StripeWorld, call: Call) -> Body:
    asked = call.read(Events)
    wanted = [
        one
        for one in everything(world, "event")
        if asked.type in {None, one["type"]} and (asked.types is None or one["type"] in asked.types)
    ]
    return page(call, asked, [outward(one) for one in wanted])
