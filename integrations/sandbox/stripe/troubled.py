"""Stripe with what goes wrong on demand: answers that do not arrive whole, refusals for a moment."""

import io
import json
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from integrations.sandbox.spoiling import give_page, give_too_much, reply, spoil
from integrations.sandbox.stripe.errors import StripeError
from integrations.sandbox.stripe.world import StripeWorld
from integrations.sandbox.switches import CONFLICT, INSTEAD, SPOILED, Switch, take_switch
from integrations.sandbox.web import MAX_BODY

ROOT = "/v1/"
REFUSALS = {
    "rate_limited": ("429 Too Many Requests", StripeError("Request rate limit exceeded.", code="rate_limit")),
    "lock_timeout": (
        "409 Conflict",
        StripeError("This object cannot be accessed right now.", code="lock_timeout"),
    ),
    "server_error": ("500 Internal Server Error", StripeError("An unknown error occurred", kind="api_error")),
}


class TroubledStripe:
    """The application, with each call to Stripe that a switch names going wrong."""

    def __init__(self, world: StripeWorld, application: WSGIApplication) -> None:
        self._world = world
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ["PATH_INFO"])
        if not path.startswith(ROOT):
            return self._application(environ, start_response)
        switch = take_switch(self._world, path, (*INSTEAD, *SPOILED, *CONFLICT))
        if switch is None:
            return self._application(environ, start_response)
        if switch.kind in SPOILED:
            body = environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), MAX_BODY))
            again: WSGIEnvironment = environ | {"wsgi.input": io.BytesIO(body)}
            return spoil(switch, self._application, again, start_response)
        return _instead(switch, start_response)


def _instead(switch: Switch, start_response: StartResponse) -> Iterable[bytes]:
    if switch.kind == "oversized":
        return give_too_much(start_response)
    if switch.kind == "html":
        return give_page(start_response)
    status, error = REFUSALS[switch.kind]
    return reply(start_response, status, json.dumps(error.body).encode())
