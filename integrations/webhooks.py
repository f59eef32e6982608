"""Where providers report news. Every answer is quick: verify, find the workspace, store, hand on by id.

A body that is not proven to be the provider's is answered and noted in the site's log, never raised. One that is proven
but about nothing of ours, or of a kind that nobody waits for, is answered with 200, and nothing grows.
"""

from contextlib import suppress
from hashlib import sha256

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.access import webhook, workspace_scope
from accounts.refusals import record_refusal
from audit.log import Actor
from config.addresses import client_address
from config.bodies import read_body
from integrations.actions.connections import ITEM_ROUTE
from integrations.actions.links import LINK_ROUTE
from integrations.actions.receipts import KNOWN_CODES, LINK_CODES, PROVIDER, store_receipt
from integrations.gateway import plaid_for
from integrations.providers.plaid_webhooks import HEADER, Webhook, WebhookRefused, WebhookVerifier
from vault.keyring import KeyDestroyed
from vault.routing import Route, find_route
from vault.tenancy import SITE_ID

LARGEST_BODY = 64 * 1024
# A token or body that cannot be read at all is a bad request; one that does not fit is not authorised.
UNREADABLE = ("no_token", "malformed", "content")
# What claims to be signed and is not by Plaid: told apart from others that are refused, and once a minute, as alerts count it.
FORGED, MINUTE = "integrations.webhook.refused", 60


@webhook(because="Plaid proves itself by a token that signs the body")
def plaid(request: HttpRequest) -> HttpResponse:
    body = read_body(request, most=LARGEST_BODY)
    if body is None:
        return HttpResponse(status=413)
    token = request.headers.get(HEADER, "")
    try:
        with plaid_for(SITE_ID) as client:
            found = WebhookVerifier(client.get_webhook_key, cache).verify(token, body)
    except WebhookRefused as refused:
        return _refuse(request, refused)
    route = _find(found)
    if route is not None:
        signed = token.rpartition(".")[0].encode()
        # A key that is destroyed just now leaves nobody to tell.
        with suppress(KeyDestroyed), workspace_scope(route.workspace_id):
            store_receipt(
                actor=_sender(request),
                code=found.webhook_code,
                object_id=route.object_id,
                digest=sha256(signed + b"\x00" + body).digest(),
                body=body,
            )
    return HttpResponse(status=200)


def _find(found: Webhook) -> Route | None:
    if found.webhook_code not in KNOWN_CODES:
        return None
    if found.webhook_code in LINK_CODES:
        kind, key = LINK_ROUTE, found.link_token.reveal() if found.link_token else None
    else:
        kind, key = ITEM_ROUTE, found.item_id
    if not key:
        return None
    with transaction.atomic():
        return find_route(kind=kind, key=key)


def _refuse(request: HttpRequest, refused: WebhookRefused) -> HttpResponse:
    route, reason = "integrations:plaid_webhook", refused.reason
    with workspace_scope(SITE_ID):
        if refused.retry or reason in UNREADABLE:
            record_refusal(actor=_sender(request), route=route, reason=reason)
        else:
            record_refusal(actor=_sender(request), route=route, reason=reason, action=FORGED, seconds=MINUTE)
    if refused.retry:
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    return HttpResponse(status=400 if refused.reason in UNREADABLE else 401)


def _sender(request: HttpRequest) -> Actor:
    return Actor.provider(PROVIDER, address=client_address(request))
