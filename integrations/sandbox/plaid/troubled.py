"""The API with what goes wrong on demand, on the wire: answers that are late, cut, garbled, endless or not Plaid's own."""

import io
import json
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from integrations.sandbox.plaid.faults import error_body
from integrations.sandbox.plaid.ids import new_request_id
from integrations.sandbox.plaid.incidents import is_of_the_api, meet_item
from integrations.sandbox.plaid.world import World
from integrations.sandbox.spoiling import give_page, give_too_much, reply, spoil
from integrations.sandbox.switches import INSTEAD, ITEM, SPOILED, Switch, take_switch
from integrations.sandbox.web import MAX_BODY


class Troubled:
    """The application, with each call that a switch names going wrong."""

    def __init__(self, world: World, application: WSGIApplication) -> None:
        self._world = world
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ["PATH_INFO"])
        if not is_of_the_api(str(environ["REQUEST_METHOD"]), path):
            return self._application(environ, start_response)
        switch = take_switch(self._world, path, (*INSTEAD, *SPOILED, *ITEM))
        if switch is None:
            return self._application(environ, start_response)
        body = environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), MAX_BODY))
        again: WSGIEnvironment = environ | {"wsgi.input": io.BytesIO(body)}
        if switch.kind in ITEM:
            meet_item(self._world, switch.kind, body)
            return self._application(again, start_response)
        if switch.kind in SPOILED:
            return spoil(switch, self._application, again, start_response)
        return _instead(switch, start_response)


def _instead(switch: Switch, start_response: StartResponse) -> Iterable[bytes]:
    if switch.kind == "oversized":
        return give_too_much(start_response)
    if switch.kind == "html":
        return give_page(start_response)
    if switch.kind == "rate_limited":
        wait = ("Retry-After", str(round(switch.seconds)))
        return reply(start_response, "429 Too Many Requests", _error("TRANSACTIONS_SYNC_LIMIT"), wait)
    return reply(start_response, "500 Internal Server Error", _error("INTERNAL_SERVER_ERROR"))


def _error(code: str) -> bytes:
    return json.dumps({**error_body(code), "request_id": new_request_id()}).encode()
