"""The test clock's page, for a person who tries things. Form field: `decision` (day, week or month)."""

from datetime import UTC, datetime
from html import escape

from integrations.sandbox.paper import redirect
from integrations.sandbox.stripe.clock import moment, move_ahead
from integrations.sandbox.stripe.cycle import settle
from integrations.sandbox.stripe.due import DAY
from integrations.sandbox.stripe.hosted.frame import day, fill, page
from integrations.sandbox.stripe.reckoning import add_months
from integrations.sandbox.stripe.shelf import Body, clock_of, everything
from integrations.sandbox.stripe.world import StripeWorld
from integrations.sandbox.web import Request, Response

LATEST = 12


def show(world: StripeWorld, request: Request, customer: Body) -> Response:
    now = moment(world, customer["id"])
    events = everything(world, "event", customer["id"])[:LATEST]
    listed = "".join(f"<li>{day(one['created'])}: {escape(one['type'])}</li>" for one in events)
    words = {
        "customer": customer["id"],
        "who": customer["name"] or customer["email"] or customer["id"],
        "now": f"{day(now)}, {datetime.fromtimestamp(now, UTC):%H:%M} UTC",
    }
    return page("Stripe test clock", fill("clock", words, events=listed))


def submit(world: StripeWorld, request: Request, customer: Body) -> Response:
    now, decision = moment(world, customer["id"]), request.form().get("decision", [""])[0]
    to = {"day": now + DAY, "week": now + 7 * DAY, "month": add_months(now, 1)}.get(decision)
    if to is not None:
        with world.store.writing():
            move_ahead(world, clock_of(world, customer["id"]), to)
            settle(world, clock_of(world, customer["id"]))
    return redirect(f"/stripe/clock/{customer['id']}")
