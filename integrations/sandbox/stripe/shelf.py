"""Objects on their shelf: put, found and listed as they go over the wire. A key that begins with _ stays inside."""

import json
import sqlite3
from copy import deepcopy
from typing import Any

from integrations.sandbox.stripe.due import due_at
from integrations.sandbox.stripe.errors import missing
from integrations.sandbox.stripe.world import StripeWorld

Body = dict[str, Any]


def put(world: StripeWorld, body: Body) -> Body:
    """Writes the object as it is now, new or known."""
    is_person = body["object"] == "customer"
    customer = body["id"] if is_person else body.get("customer") or body.get("_customer")
    clock = (body.get("test_clock") or customer) if is_person else clock_of(world, customer)
    world.store.run(
        "INSERT INTO stripe_object (id, kind, customer, clock, due_at, body) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, body = excluded.body",
        *(body["id"], body["object"], customer, clock, due_at(body), json.dumps(body)),
    )
    return body


def find(world: StripeWorld, kind: str, object_id: str | None) -> Body | None:
    row = world.store.one("SELECT body FROM stripe_object WHERE kind = ? AND id = ?", kind, object_id)
    return _body(row) if row else None


def get(world: StripeWorld, kind: str, object_id: str, *, param: str = "id", in_path: bool = False) -> Body:
    """Raises StripeError where there is none of that kind and id."""
    found = find(world, kind, object_id)
    if found is None:
        raise missing(kind, object_id, param=param, in_path=in_path)
    return found


def everything(world: StripeWorld, kind: str, customer: str | None = None) -> list[Body]:
    """Newest first, of one customer where one is named."""
    sql, values = "SELECT body FROM stripe_object WHERE kind = ?", [kind]
    if customer is not None:
        sql, values = f"{sql} AND customer = ?", [kind, customer]
    return [_body(row) for row in world.store.all(f"{sql} ORDER BY seq DESC", *values)]


def clock_of(world: StripeWorld, customer: str | None) -> str | None:
    if customer is None:
        return None
    row = world.store.one("SELECT clock FROM stripe_object WHERE id = ?", customer)
    return row["clock"] if row else None


def outward(body: Body) -> Body:
    """A copy without what stays inside."""
    return {key: deepcopy(value) for key, value in body.items() if not key.startswith("_")}


def _body(row: sqlite3.Row) -> Body:
    body: Body = json.loads(row["body"])
    return body
