"""The endpoints: credentials, decoding, faults, and the two dozen lines that each of them comes to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from integrations.sandbox.plaid import items, link, messages, sandbox_only, signing, sync, wire
from integrations.sandbox.plaid.faults import Fault, error_body
from integrations.sandbox.plaid.hooks import queue_for_item
from integrations.sandbox.plaid.ids import new_request_id
from integrations.sandbox.plaid.link_report import get_link
from integrations.sandbox.plaid.log import catch_up
from integrations.sandbox.plaid.world import World
from integrations.sandbox.web import Handler, Request, Response, json_response

VERSION = "2020-09-14"

Answer = dict[str, object]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`answer` gives Plaid's response without its request_id."""

    path: str
    body: type[messages.Body]
    answer: Callable[[World, Any], Answer]


def build_api(world: World) -> list[tuple[str, str, Handler]]:
    """The routes of the API; anything else that is POSTed is Plaid's NOT_FOUND."""

    def bound(endpoint: Endpoint) -> Handler:
        return lambda request: _handle(world, endpoint, request)

    routes: list[tuple[str, str, Handler]] = [("POST", endpoint.path, bound(endpoint)) for endpoint in ENDPOINTS]
    return [*routes, ("POST", ".*", lambda _: _failure(Fault("NOT_FOUND")))]


def _handle(world: World, endpoint: Endpoint, request: Request) -> Response:
    try:
        body = _decode(endpoint, request)
        _check_credentials(world, request, body)
        return json_response({**endpoint.answer(world, body), "request_id": new_request_id()})
    except Fault as fault:
        return _failure(fault)


def _failure(fault: Fault) -> Response:
    return json_response({**error_body(fault.code), "request_id": new_request_id()}, fault.status)


def _decode(endpoint: Endpoint, request: Request) -> messages.Body:
    if request.headers["content-type"].partition(";")[0].strip() != "application/json":
        raise Fault("INVALID_HEADERS")
    try:
        return msgspec.json.decode(request.body, type=endpoint.body)
    except msgspec.ValidationError as error:
        text = str(error)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Fault("INVALID_BODY") from None
    if "missing required field" in text:
        raise Fault("MISSING_FIELDS")
    raise Fault("UNKNOWN_FIELDS" if "unknown field" in text else "INVALID_FIELD")


def _check_credentials(world: World, request: Request, body: messages.Body) -> None:
    client_id = request.headers.get("plaid-client-id", body.client_id)
    secret = request.headers.get("plaid-secret", body.secret)
    if (client_id, secret) != (world.settings.client_id, world.settings.secret):
        raise Fault("INVALID_API_KEYS")
    if request.headers.get("plaid-version", VERSION) != VERSION:
        raise Fault("INVALID_HEADERS")


def exchange_public_token(world: World, body: messages.PublicTokenExchange) -> Answer:
    item_id, access_token = items.exchange(world, body.public_token)
    return {"access_token": access_token, "item_id": item_id}


def get_accounts(world: World, body: messages.AccountsGet) -> Answer:
    item = catch_up(world, items.find_working_item(world, body.access_token).id)
    accounts = wire.account_dicts(world, item.id)
    if body.options.account_ids is not None:
        accounts = [account for account in accounts if account["account_id"] in body.options.account_ids]
        if len(accounts) != len(set(body.options.account_ids)):
            raise Fault("INVALID_ACCOUNT_ID")
    return {"accounts": accounts, "item": wire.item_dict(world, item)}


def sync_transactions(world: World, body: messages.TransactionsSync) -> Answer:
    item = items.find_working_item(world, body.access_token)
    with_text = bool(body.options.include_original_description)
    return sync.sync(world, item, body.cursor, body.count, with_text=with_text)


def get_item(world: World, body: messages.OfItem) -> Answer:
    item = items.find_item(world, body.access_token)
    found = {**wire.item_dict(world, item), "created_at": wire.timestamp(item.created_at)}
    return {"item": found, "status": wire.item_status_dict(item)}


def remove_item(world: World, body: messages.ItemRemove) -> Answer:
    items.remove_item(world, items.find_item(world, body.access_token))
    return {}


def invalidate_access_token(world: World, body: messages.OfItem) -> Answer:
    item = items.find_item(world, body.access_token)
    return {"new_access_token": items.rotate_access_token(world, item)}


def update_webhook(world: World, body: messages.WebhookUpdate) -> Answer:
    items.set_webhook(world, items.find_item(world, body.access_token), body.webhook)
    item = items.find_item(world, body.access_token)
    queue_for_item(world, item, "ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED", new_webhook_url=body.webhook, error=None)
    return {"item": wire.item_dict(world, item)}


def get_key(world: World, body: messages.KeyGet) -> Answer:
    return {"key": signing.public_key(world, body.key_id)}


ENDPOINTS = (
    Endpoint("/link/token/create", messages.LinkTokenCreate, link.create_link),
    Endpoint("/link/token/get", messages.LinkTokenGet, lambda world, body: get_link(world, body.link_token)),
    Endpoint("/item/public_token/exchange", messages.PublicTokenExchange, exchange_public_token),
    Endpoint("/accounts/get", messages.AccountsGet, get_accounts),
    Endpoint("/accounts/balance/get", messages.AccountsGet, get_accounts),
    Endpoint("/transactions/sync", messages.TransactionsSync, sync_transactions),
    Endpoint("/item/get", messages.OfItem, get_item),
    Endpoint("/item/remove", messages.ItemRemove, remove_item),
    Endpoint("/item/access_token/invalidate", messages.OfItem, invalidate_access_token),
    Endpoint("/item/webhook/update", messages.WebhookUpdate, update_webhook),
    Endpoint("/webhook_verification_key/get", messages.KeyGet, get_key),
    Endpoint("/sandbox/public_token/create", messages.SandboxPublicTokenCreate, sandbox_only.create_public_token),
    Endpoint("/sandbox/item/fire_webhook", messages.FireWebhook, sandbox_only.fire_webhook),
    Endpoint("/sandbox/item/reset_login", messages.OfItem, sandbox_only.reset_login),
    Endpoint("/sandbox/transactions/create", messages.TransactionsCreate, sandbox_only.create_transactions),
)
