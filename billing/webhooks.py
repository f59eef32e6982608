"""Where Stripe reports news. Every answer is quick: verify, find the workspace, store, hand on by id.

What is not proven to be Stripe's is refused with 400 and noted in the site's log. What is proven but about nobody here,
or of a kind that nobody waits for, is answered with 200; in both cases nothing of ours grows.
"""

import time
from contextlib import suppress

import msgspec
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.access import webhook, workspace_scope
from accounts.refusals import record_refusal
from audit.log import Actor
from billing.actions.checkouts import CUSTOMER_ROUTE
from billing.actions.inbox import KNOWN_TYPES, PROVIDER, store_event
from billing.signatures import HEADER, Envelope, NotStripes, read_event
from billing.stripe_shapes import Data
from config.addresses import client_address
from config.bodies import read_body
from vault.keyring import KeyDestroyed
from vault.routing import Route, find_route
from vault.tenancy import SITE_ID

LARGEST_BODY = 256 * 1024
# What claims to be signed and is not by Stripe: told apart from what cannot be read, and once a minute, as alerts count it.
FORGED, MINUTE = "billing.webhook.refused", 60
UNREADABLE = ("no_signature", "malformed", "content", "not_set_up")


@webhook(because="Stripe proves itself by a signature of the body")
def stripe(request: HttpRequest) -> HttpResponse:
    body = read_body(request, most=LARGEST_BODY)
    if body is None:
        return HttpResponse(status=413)
    try:
        event = _verify(request, body)
        route = _find(event)
    except NotStripes as refused:
        return _refuse(request, refused.reason)
    if route is not None:
        # A key that is destroyed just now leaves nobody to tell.
        with suppress(KeyDestroyed), workspace_scope(route.workspace_id):
            store_event(event_id=event.id, kind=event.type, body=body)
    return HttpResponse(status=200)


def _verify(request: HttpRequest, body: bytes) -> Envelope:
    if settings.STRIPE is None:
        raise NotStripes("not_set_up")
    secrets = settings.STRIPE.webhook_secrets
    return read_event(body, request.headers.get(HEADER), secrets=secrets, now=time.time())


def _find(event: Envelope) -> Route | None:
    """Whose news it is. Raises NotStripes where an event of a kind we know does not say what it is about."""
    if event.type not in KNOWN_TYPES:
        return None
    data = None
    with suppress(msgspec.MsgspecError):
        data = msgspec.json.decode(event.data, type=Data)
    if data is None:
        raise NotStripes("content")
    customer_id = data.object.customer_id
    if not customer_id:
        return None
    with transaction.atomic():
        return find_route(kind=CUSTOMER_ROUTE, key=customer_id)


def _refuse(request: HttpRequest, reason: str) -> HttpResponse:
    route, actor = "stripe_webhook", Actor.provider(PROVIDER, address=client_address(request))
    with workspace_scope(SITE_ID):
        if reason in UNREADABLE:
            record_refusal(actor=actor, route=route, reason=reason)
        else:
            record_refusal(actor=actor, route=route, reason=reason, action=FORGED, seconds=MINUTE)
    return HttpResponse(status=400)
