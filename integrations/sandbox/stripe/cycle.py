"""What time brings: renewals, ends of trials and of canceled periods, payments tried again, checkouts that expire."""

from datetime import UTC, datetime

from integrations.sandbox.stripe.clock import clock_time
from integrations.sandbox.stripe.due import INCOMPLETE_LASTS, WARNING
from integrations.sandbox.stripe.invoicing import RENEWAL, bill, card_of, collect, end
from integrations.sandbox.stripe.news import save, tell
from integrations.sandbox.stripe.reckoning import add_months, months_of, period_line
from integrations.sandbox.stripe.shelf import Body, get, put
from integrations.sandbox.stripe.world import StripeWorld

DUE_CLOCKS = """
SELECT DISTINCT o.clock FROM stripe_object AS o LEFT JOIN stripe_clock AS c ON c.id = o.clock
WHERE o.due_at IS NOT NULL AND o.due_at <= coalesce(c.frozen, ? + coalesce(c.ahead, 0))
"""


def settle_all(world: StripeWorld) -> None:
    """Every customer for whom something is due by now."""
    for row in world.store.all(DUE_CLOCKS, world.now()):
        settle(world, row["clock"])


def settle(world: StripeWorld, clock: str | None) -> None:
    """One thing after the other in the order of time, up to what the clock shows."""
    with world.store.writing():
        now = clock_time(world, clock)
        sql = "SELECT * FROM stripe_object WHERE clock IS ? AND due_at <= ? ORDER BY due_at, seq LIMIT 1"
        while row := world.store.one(sql, clock, now):
            body = get(world, row["kind"], row["id"])
            _happen(world, body, int(row["due_at"]))


def _happen(world: StripeWorld, body: Body, now: int) -> None:
    if body["object"] == "checkout.session":
        save(world, body | {"status": "expired", "url": None}, "checkout.session.expired", now)
    elif body["object"] == "invoice":
        collect(world, body, now)
    else:
        _go_on(world, body, now)


def _go_on(world: StripeWorld, body: Body, now: int) -> None:
    item = body["items"]["data"][0]
    if body["status"] == "incomplete" and now >= body["created"] + INCOMPLETE_LASTS:
        save(world, body | {"status": "incomplete_expired", "ended_at": now}, "customer.subscription.updated", now)
    elif body["cancel_at"] and now >= body["cancel_at"]:
        end(world, body, "cancellation_requested", now)
    elif now >= item["current_period_end"]:
        _end_trial(world, body, now) if body["status"] == "trialing" else renew(world, body, now)
    elif body["status"] == "trialing" and now >= body["trial_end"] - WARNING:
        put(world, body | {"_warned": True})
        tell(world, body, "customer.subscription.trial_will_end", now)


def renew(world: StripeWorld, body: Body, now: int) -> None:
    """The next period begins and is charged, unless the subscription is unpaid or its collection is paused."""
    item = body["items"]["data"][0]
    start = item["current_period_end"]
    item |= {"current_period_start": start, "current_period_end": next_end(body, start)}
    save(world, body, "customer.subscription.updated", now)
    if body["status"] != "unpaid" and not body["pause_collection"]:
        lines = [*body.pop("_pending_lines", []), period_line(item, start, item["current_period_end"])]
        put(world, body)
        bill(world, body, lines, RENEWAL, now)


def next_end(body: Body, start: int) -> int:
    """The anchor's day of the month, or the month's last."""
    months = months_of(body["items"]["data"][0]["price"])
    return add_months(start, months, day=datetime.fromtimestamp(body["billing_cycle_anchor"], UTC).day)


def _end_trial(world: StripeWorld, body: Body, now: int) -> None:
    """Without a card: what the subscription says, else an invoice that fails."""
    missing = body["trial_settings"]["end_behavior"]["missing_payment_method"]
    if card_of(world, body["customer"]) is None and missing == "cancel":
        end(world, body, "cancellation_requested", now)
    elif card_of(world, body["customer"]) is None and missing == "pause":
        save(world, body | {"status": "paused"}, "customer.subscription.paused", now)
    else:
        start_paying(world, body, now)


def start_paying(world: StripeWorld, body: Body, now: int) -> None:
    """The first period that costs something begins now."""
    item = body["items"]["data"][0]
    end_at = add_months(now, months_of(item["price"]))
    item |= {"current_period_start": now, "current_period_end": end_at}
    body |= {"status": "active", "billing_cycle_anchor": now}
    save(world, body, "customer.subscription.updated", now)
    bill(world, body, [period_line(item, now, end_at)], RENEWAL, now)
