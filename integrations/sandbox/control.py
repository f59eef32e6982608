"""Switches for people and tests, outside Plaid's own addresses; the key is the sandbox's client id and secret.

POST /control/faults sets one, GET lists them with what they have done, DELETE clears them all. POST /control/webhooks
sends one kind of news about every item.
"""

import hmac
from collections.abc import Callable
from dataclasses import asdict

import msgspec

from integrations.sandbox.plaid import hooks, items
from integrations.sandbox.plaid.world import World
from integrations.sandbox.switches import NewSwitch, clear_switches, list_switches, set_switch
from integrations.sandbox.web import Handler, Request, Response, json_response

CODES = ("NEW_ACCOUNTS_AVAILABLE", "PENDING_DISCONNECT", "LOGIN_REPAIRED", "USER_PERMISSION_REVOKED", "ERROR")
UPDATES = "SYNC_UPDATES_AVAILABLE"


class _News(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str


def build_control(world: World) -> list[tuple[str, str, Handler]]:
    """The routes of the control."""
    guarded = guard(world)
    return [
        (
            "GET",
            "/control/faults",
            guarded(lambda _: json_response({"faults": list(map(asdict, list_switches(world)))})),
        ),
        ("POST", "/control/faults", guarded(lambda request: _set(world, request))),
        ("DELETE", "/control/faults", guarded(lambda _: _clear(world))),
        ("POST", "/control/webhooks", guarded(lambda request: _announce(world, request))),
    ]


def guard(world: World) -> Callable[[Handler], Handler]:
    """Lets in only those who have the key."""

    def guarded(handler: Handler) -> Handler:
        return lambda request: handler(request) if _is_allowed(world, request) else _refuse("wrong credentials", 401)

    return guarded


def _set(world: World, request: Request) -> Response:
    try:
        given = msgspec.json.decode(request.body, type=NewSwitch)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return _refuse(str(error), 400)
    return json_response(asdict(set_switch(world, given)))


def _clear(world: World) -> Response:
    clear_switches(world)
    return json_response({"faults": []})


def _announce(world: World, request: Request) -> Response:
    try:
        code = msgspec.json.decode(request.body, type=_News).code
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return _refuse(str(error), 400)
    if code not in (*CODES, UPDATES):
        return _refuse(f"code is one of {', '.join((*CODES, UPDATES))}", 400)
    rows = world.store.all("SELECT id FROM item WHERE NOT is_removed AND access_token IS NOT NULL")
    return json_response({"sent": sum(_tell(world, items.load_item(world, row["id"]), code) for row in rows)})


def _tell(world: World, item: items.Item, code: str) -> bool:
    if code == UPDATES:
        return hooks.announce_updates(world, item)
    if code == "ERROR":
        return hooks.announce_error(world, item, "ITEM_LOGIN_REQUIRED")
    more = {"reason": "INSTITUTION_MIGRATION"} if code == "PENDING_DISCONNECT" else {}
    return hooks.queue_for_item(world, item, "ITEM", code, **more)


def _is_allowed(world: World, request: Request) -> bool:
    given = request.headers.get("plaid-client-id", ""), request.headers.get("plaid-secret", "")
    known = world.settings.client_id, world.settings.secret
    return all(hmac.compare_digest(one.encode(), other.encode()) for one, other in zip(given, known, strict=True))


def _refuse(why: str, status: int) -> Response:
    return json_response({"error": why}, status)
