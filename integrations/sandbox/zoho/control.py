"""Zoho's part of the control: changes to the books, what they come to, and the grants.

POST /control/zoho/changes does one thing to an organisation's books; GET /control/zoho/balances gives its trial balance by
currency; GET /control/zoho/grants lists the grants, POST ends their access tokens (expire) or the grants (revoke).
"""

import json
from collections.abc import Callable
from datetime import date

import msgspec

from integrations.sandbox.web import Handler, Request, Response, json_response
from integrations.sandbox.zoho import reports
from integrations.sandbox.zoho.books.view import Books
from integrations.sandbox.zoho.changes import ADDED, KINDS, OF_DOCUMENTS, Deed
from integrations.sandbox.zoho.world import ZohoWorld


class Wrong(Exception):
    """What is asked for cannot be done; the message says why."""


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is to be done. `id` is the one that Zoho's lists give; amounts are minor units of the document's currency.

    `contact_id` and `account_id` are needed for a new invoice or bill, `account_id` (a bank account's) for a payment.
    """

    organization_id: str
    kind: str
    id: str = ""
    minor: int = 0
    rate: str = "1"
    name: str = ""
    contact_id: str = ""
    account_id: str = ""
    on: date | None = None
    due: date | None = None


class _OfGrants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str


def build_control(world: ZohoWorld, guarded: Callable[[Handler], Handler]) -> list[tuple[str, str, Handler]]:
    """The routes of it."""
    return [
        ("POST", "/control/zoho/changes", guarded(lambda request: _change(world, request))),
        ("GET", "/control/zoho/balances", guarded(lambda request: _balances(world, request))),
        ("GET", "/control/zoho/grants", guarded(lambda _: json_response({"grants": _grants(world)}))),
        ("POST", "/control/zoho/grants", guarded(lambda request: _end(world, request))),
    ]


def _change(world: ZohoWorld, request: Request) -> Response:
    try:
        order = msgspec.json.decode(request.body, type=Order)
        if order.organization_id not in world.companies:
            raise Wrong("there is no such organisation")
        deed, answer = _deed(world, order)
    except (msgspec.MsgspecError, UnicodeDecodeError, Wrong) as error:
        return json_response({"error": str(error)}, 400)
    world.store.run(
        "INSERT INTO zoho_change (organization_id, body, day, at) VALUES (?, ?, ?, ?)",
        order.organization_id,
        msgspec.json.encode(deed).decode(),
        world.settings.today().isoformat(),
        world.moment(world.companies[order.organization_id].organization).isoformat(),
    )
    return json_response(answer)


def _deed(world: ZohoWorld, order: Order) -> tuple[Deed, dict[str, object]]:
    books = world.books(order.organization_id)
    if order.kind not in KINDS:
        raise Wrong(f"kind is one of {', '.join(KINDS)}")
    if order.kind in ADDED:
        key, shown = f"added-{_count(world)}", order.kind
    else:
        shown, key = _find(books, order.id)
    if order.kind in OF_DOCUMENTS and shown not in {"invoice", "bill", "creditnote"}:
        raise Wrong("that is done to documents only")
    account = _find(books, order.account_id)[1] if order.account_id else ""
    contact = _find(books, order.contact_id)[1] if order.contact_id else ""
    if order.kind in ADDED and not (account and contact and order.minor > 0):
        raise Wrong("a new document needs contact_id, account_id and minor")
    if order.kind == "pay" and not (account and order.minor > 0):
        raise Wrong("a payment needs account_id and minor")
    deed = msgspec.convert(
        {
            **{name: getattr(order, name) for name in ("kind", "minor", "rate", "name", "on", "due")},
            "key": key,
            "account": account,
            "contact": contact,
        },
        Deed,
    )
    return deed, {"id": books.id(shown, key), "kind": shown}


def _find(books: Books, given: str) -> tuple[str, str]:
    """The kind and key of what has that id."""
    facts = books.facts
    for kind, keys in (
        ("contact", [one.key for one in facts.contacts]),
        ("account", [one.key for one in facts.accounts]),
        ("payment", [one.key for one in facts.payments]),
        ("expense", [one.key for one in facts.expenses]),
    ):
        for key in keys:
            if books.id(kind, key) == given:
                return kind, key
    named = [(one.kind, one.key) for one in facts.documents] + [(one.kind, one.key) for one in facts.moves]
    for kind, key in named:
        if books.id(kind, key) == given:
            return kind, key
    raise Wrong("there is nothing of that id")


def _count(world: ZohoWorld) -> int:
    row = world.store.one("SELECT coalesce(max(id), 0) AS n FROM zoho_change")
    return int(row["n"]) if row else 0


def _balances(world: ZohoWorld, request: Request) -> Response:
    given = request.query.get("organization_id", [""])[0]
    if given not in world.companies:
        return json_response({"error": "there is no such organisation"}, 400)
    return json_response({"balances": reports.balances(world.books(given))})


def _grants(world: ZohoWorld) -> list[dict[str, object]]:
    """Without their tokens."""
    rows = world.store.all(
        "SELECT g.*, (SELECT count(*) FROM zoho_access AS a WHERE a.grant_id = g.id) AS tokens FROM zoho_grant AS g"
        " ORDER BY id"
    )
    return [
        {
            "id": row["id"],
            "person": row["person"],
            "scopes": row["scopes"].split(),
            "organizations": json.loads(row["organizations"]),
            "refreshes": row["refreshes"],
            "access_tokens": row["tokens"],
            "is_revoked": row["revoked_at"] is not None,
        }
        for row in rows
    ]


def _end(world: ZohoWorld, request: Request) -> Response:
    try:
        kind = msgspec.json.decode(request.body, type=_OfGrants).kind
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return json_response({"error": str(error)}, 400)
    if kind == "expire":
        done = world.store.run("UPDATE zoho_access SET expires_at = ? WHERE expires_at > ?", world.now(), world.now())
    elif kind == "revoke":
        done = world.store.run("UPDATE zoho_grant SET revoked_at = ? WHERE revoked_at IS NULL", world.now())
    else:
        return json_response({"error": "kind is expire or revoke"}, 400)
    return json_response({"done": done})
