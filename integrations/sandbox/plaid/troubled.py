"""The API with what goes wrong on demand, on the wire: answers that are late, cut, garbled, endless or not Plaid's own."""

import io
import json
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from integrations.sandbox.plaid.faults import error_body
from integrations.sandbox.plaid.ids import new_request_id
from integrations.sandbox.plaid.incidents import is_of_the_api, meet_item
from integrations.sandbox.plaid.switches import INSTEAD, ITEM, SPOILED, Switch, take_switch
from integrations.sandbox.plaid.world import World
from integrations.sandbox.web import MAX_BODY

MEBIBYTE = b" " * (1024 * 1024)
MEBIBYTES = 20
HTML = b"<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"


@dataclass
class _Answer:
    """What the application underneath answers."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return lambda _: None


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
            return self._spoil(switch, again, start_response)
        return _instead(switch, start_response)

    def _spoil(self, switch: Switch, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The bank has done what was asked, and its answer does not arrive whole."""
        answer = _Answer()
        content = b"".join(self._application(environ, answer.start))
        half = content[: len(content) // 2]
        if switch.kind == "truncated":
            start_response(answer.status, [*_without_length(answer.headers), ("Content-Length", str(len(half)))])
            return [half]
        start_response(answer.status, answer.headers)
        return _break_off(half, environ.get("gunicorn.socket"), switch.seconds if switch.kind == "stalled" else 0.0)


def _instead(switch: Switch, start_response: StartResponse) -> Iterable[bytes]:
    if switch.kind == "oversized":
        start_response("200 OK", [("Content-Type", "application/json")])
        return _go_on_and_on()
    if switch.kind == "html":
        return _reply(start_response, "200 OK", HTML, ("Content-Type", "text/html; charset=utf-8"))
    if switch.kind == "rate_limited":
        wait = ("Retry-After", str(round(switch.seconds)))
        return _reply(start_response, "429 Too Many Requests", _error("TRANSACTIONS_SYNC_LIMIT"), wait)
    return _reply(start_response, "500 Internal Server Error", _error("INTERNAL_SERVER_ERROR"))


def _reply(start_response: StartResponse, status: str, body: bytes, *headers: tuple[str, str]) -> Iterable[bytes]:
    kind = [] if any(name == "Content-Type" for name, _ in headers) else [("Content-Type", "application/json")]
    start_response(status, [*kind, ("Content-Length", str(len(body))), *headers])
    return [body]


def _break_off(half: bytes, connection: socket.socket | None, seconds: float) -> Iterator[bytes]:
    """Half an answer, silence, and the end of the connection. A server that hides its socket closes it by itself."""
    yield half
    time.sleep(seconds)
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)


def _go_on_and_on() -> Iterator[bytes]:
    yield b'{"accounts": ['
    for _ in range(MEBIBYTES):
        yield MEBIBYTE


def _error(code: str) -> bytes:
    return json.dumps({**error_body(code), "request_id": new_request_id()}).encode()


def _without_length(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name != "Content-Length"]
