"""Saves objects and tells of it: each change is an event that is kept, and queued for the webhook address."""

from contextvars import ContextVar
from dataclasses import dataclass

from integrations.sandbox.stripe.shapes.visits import event
from integrations.sandbox.stripe.shelf import Body, find, outward, put
from integrations.sandbox.stripe.world import VERSION, StripeWorld


@dataclass(frozen=True, slots=True)
class Cause:
    """The call that is being answered; nothing where the clock is the cause."""

    request_id: str | None = None
    idempotency_key: str | None = None


cause: ContextVar[Cause] = ContextVar("cause", default=Cause())  # noqa: B039 - it is frozen


def save(world: StripeWorld, body: Body, kind: str, now: int) -> Body:
    """Puts the object on its shelf and tells of it. An update that changes nothing is no news."""
    before = find(world, body["object"], body["id"])
    put(world, body)
    previous = _previous(outward(before), outward(body)) if before else {}
    if previous or not kind.endswith(".updated"):
        tell(world, body, kind, now, previous if kind.endswith(".updated") else None)
    return body


def tell(world: StripeWorld, body: Body, kind: str, now: int, previous: Body | None = None) -> Body:
    """Writes an event about the object as it is, and queues it."""
    data = {"object": outward(body)} | ({"previous_attributes": previous} if previous else {})
    because = cause.get()
    request = {"id": because.request_id, "idempotency_key": because.idempotency_key}
    customer = body["id"] if body["object"] == "customer" else body.get("customer")
    made = event(now, version=VERSION, kind=kind, data=data, request=request)
    put(world, made | {"_customer": customer})
    queue(world, made["id"])
    return made


def queue(world: StripeWorld, event_id: str) -> None:
    """Sends the event, once more where it was sent before."""
    sql = "INSERT INTO stripe_delivery (event_id, created_at, due_at) VALUES (?, ?, ?)"
    world.store.run(sql, event_id, world.now(), world.now())


def _previous(before: Body, after: Body) -> Body:
    return {key: before.get(key) for key in after if before.get(key) != after[key]}
