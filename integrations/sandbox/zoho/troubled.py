"""Zoho with what goes wrong on demand: refusals, answers that do not arrive whole, grants that end, foreign books."""

import io
import json
from collections.abc import Iterable
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from integrations.sandbox.spoiling import give_page, give_too_much, reply, spoil
from integrations.sandbox.switches import (
    DENIED,
    FOREIGN,
    GRANT,
    INSTEAD,
    REFUSED,
    SPOILED,
    Switch,
    take_switch,
)
from integrations.sandbox.web import MAX_BODY, Response
from integrations.sandbox.zoho import grants, limits
from integrations.sandbox.zoho.api import OTHER_ORGANIZATION, ROOT
from integrations.sandbox.zoho.errors import (
    AT_ONCE,
    BAD_TOKEN,
    MINUTE,
    NOT_ALLOWED,
    Refused,
    bad_value,
    too_many_requests,
)
from integrations.sandbox.zoho.world import ZohoWorld

OAUTH = "/zoho/oauth/v2/"
REASONS = {400: "Bad Request", 401: "Unauthorized", 429: "Too Many Requests"}


class TroubledZoho:
    """The application, with each call to Zoho that a switch names going wrong."""

    def __init__(self, world: ZohoWorld, application: WSGIApplication) -> None:
        self._world = world
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        kinds = _kinds(str(environ["REQUEST_METHOD"]), str(environ["PATH_INFO"]))
        switch = take_switch(self._world, str(environ["PATH_INFO"]), kinds) if kinds else None
        if switch is None:
            return self._application(environ, start_response)
        body = environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), MAX_BODY))
        again: WSGIEnvironment = environ | {"wsgi.input": io.BytesIO(body)}
        if switch.kind in GRANT:
            self._end_grant(environ, body)
            return self._application(again, start_response)
        if switch.kind in FOREIGN:
            return self._application(again | {f"HTTP_{OTHER_ORGANIZATION}": "1"}, start_response)
        if switch.kind in SPOILED:
            return spoil(switch, self._application, again, start_response)
        return self._instead(switch, start_response)

    def _end_grant(self, environ: WSGIEnvironment, body: bytes) -> None:
        form = parse_qs(body.decode("utf-8", "replace")) | parse_qs(str(environ.get("QUERY_STRING", "")))
        access = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")[2]
        grants.revoke_of(self._world, access_token=access, refresh_token=form.get("refresh_token", [""])[0])

    def _instead(self, switch: Switch, start_response: StartResponse) -> Iterable[bytes]:
        if switch.kind == "oversized":
            return give_too_much(start_response)
        if switch.kind == "html":
            return give_page(start_response)
        if switch.kind == "server_error":
            body = json.dumps({"code": 1, "message": "Internal Error"}).encode()
            return reply(start_response, "500 Internal Server Error", body)
        response = self._refusal(switch.kind)
        status = f"{response.status} {REASONS[response.status]}"
        return reply(start_response, status, response.body, *response.headers.items())

    def _refusal(self, kind: str) -> Response:
        refused = {
            "rate_44": Refused(MINUTE),
            "busy_1070": Refused(AT_ONCE),
            "scope_missing": Refused(NOT_ALLOWED),
            "token_rejected": Refused(BAD_TOKEN),
            "rejected": bad_value("sort_column"),
            "quota_45": limits.day_is_over(self._world),
        }
        return refused[kind].response() if kind in refused else too_many_requests()


def _kinds(method: str, path: str) -> tuple[str, ...]:
    """What can go wrong there; nothing elsewhere."""
    if path.startswith(ROOT):
        return (*INSTEAD[1:], *SPOILED, *REFUSED, *GRANT, *FOREIGN)
    if path.startswith(OAUTH) and method == "POST" and path != f"{OAUTH}auth":
        return (*INSTEAD[1:], *SPOILED, *DENIED, *GRANT)
    return ()
