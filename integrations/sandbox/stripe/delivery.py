"""Sends events to the webhook address, signed, in the order in which they came about, and again where it was in vain."""

import hmac
import json
import sqlite3
from collections.abc import Callable

import requests

from integrations.sandbox.plaid.world import World
from integrations.sandbox.stripe.cycle import settle_all
from integrations.sandbox.stripe.older import OLD_VERSION, older
from integrations.sandbox.stripe.shelf import Body, get, outward
from integrations.sandbox.stripe.world import StripeWorld, build_stripe
from integrations.sandbox.switches import DELIVERY, EVENT, SHUFFLE, take_switch

# What `path` of a switch says where it is meant for these deliveries alone.
PATH = "stripe"
TIMEOUT = 10
GIVE_UP_AFTER = 3 * 24 * 3600


def stripe_deliveries(world: World) -> list[Callable[[], None]]:
    """What the sandbox's thread does for Stripe at every tick; nothing where there is no Stripe."""
    stripe = build_stripe(world.settings, world.store, world.now)
    return [lambda: tick(stripe)] if stripe else []


def tick(world: StripeWorld) -> None:
    """Everything that is due now, once: what time brings, and deliveries."""
    settle_all(world)
    sql = "SELECT id FROM stripe_delivery WHERE state = 'due' AND due_at <= ? ORDER BY id"
    due = world.store.all(sql, world.now())
    if len(due) > 1 and take_switch(world, PATH, SHUFFLE):
        due.reverse()
    for row in due:
        _deliver(world, row["id"])


def sign(secrets: list[str], body: bytes, at: int) -> str:
    """The header: the time, and a signature by each secret."""
    text = f"{at}.".encode() + body
    return ",".join([f"t={at}", *(f"v1={hmac.digest(one.encode(), text, 'sha256').hex()}" for one in secrets)])


def _deliver(world: StripeWorld, delivery_id: int) -> None:
    row = _claim(world, delivery_id)
    if row is None:
        return
    switch = take_switch(world, PATH, (*DELIVERY, *EVENT))
    kind = switch.kind if switch else ""
    if switch and kind == "reordered":
        later = "UPDATE stripe_delivery SET due_at = ?, attempts = attempts - 1 WHERE id = ?"
        world.store.run(later, world.now() + switch.seconds, delivery_id)
        return
    if kind == "dropped":
        world.store.run("UPDATE stripe_delivery SET state = 'dropped' WHERE id = ?", delivery_id)
        return
    event = outward(get(world, "event", row["event_id"]))
    skew = switch.seconds if switch and kind == "skewed" else 0.0
    status = _send(world, _shaped(event, kind), skew, is_rotating=kind == "two_signatures")
    if kind == "duplicated":
        _send(world, _shaped(event, kind), 0.0)
    _note(world, row, status)


def _claim(world: StripeWorld, delivery_id: int) -> sqlite3.Row | None:
    now = world.now()
    claimed = world.store.run(
        "UPDATE stripe_delivery SET due_at = ?, attempts = attempts + 1 WHERE id = ? AND state = 'due' AND due_at <= ?",
        *(now + 2 * TIMEOUT, delivery_id, now),
    )
    return world.store.one("SELECT * FROM stripe_delivery WHERE id = ?", delivery_id) if claimed else None


def _note(world: StripeWorld, row: sqlite3.Row, status: int | None) -> None:
    if status is not None and 200 <= status < 300:
        world.store.run("UPDATE stripe_delivery SET state = 'done', status = ? WHERE id = ?", status, row["id"])
        return
    due_at = world.now() + world.settings.retry_seconds * 4 ** (row["attempts"] - 1)
    state = "due" if due_at - row["created_at"] < GIVE_UP_AFTER else "given_up"
    sql = "UPDATE stripe_delivery SET state = ?, due_at = ?, status = ? WHERE id = ?"
    world.store.run(sql, state, due_at, status, row["id"])


def _shaped(event: Body, kind: str) -> Body:
    if kind != "old_shape":
        return event
    return event | {"api_version": OLD_VERSION, "data": {"object": older(event["data"]["object"])}}


def _send(world: StripeWorld, event: Body, skew: float, *, is_rotating: bool = False) -> int | None:
    """The status of the answer; None where there was none."""
    body = json.dumps(event, indent=2).encode()
    secrets = [world.stripe.webhook_secret, *([world.stripe.former_secret] if is_rotating else [])]
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": sign(secrets, body, int(world.now() + skew)),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }
    with requests.Session() as http:
        http.trust_env = False
        try:
            url = world.stripe.webhook_url
            return http.post(url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False).status_code
        except requests.RequestException:
            return None
