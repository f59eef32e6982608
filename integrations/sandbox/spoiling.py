"""Answers that go wrong on the wire: cut, garbled, endless, or a web page instead of data."""

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from integrations.sandbox.switches import Switch

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


def spoil(
    switch: Switch, application: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """What was asked is done, and its answer does not arrive whole."""
    answer = _Answer()
    content = b"".join(application(environ, answer.start))
    half = content[: len(content) // 2]
    if switch.kind == "truncated":
        start_response(answer.status, [*_without_length(answer.headers), ("Content-Length", str(len(half)))])
        return [half]
    start_response(answer.status, answer.headers)
    return _break_off(half, environ.get("gunicorn.socket"), switch.seconds if switch.kind == "stalled" else 0.0)


def give_page(start_response: StartResponse) -> Iterable[bytes]:
    return reply(start_response, "200 OK", HTML, ("Content-Type", "text/html; charset=utf-8"))


def give_too_much(start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "application/json")])
    return _go_on_and_on()


def reply(start_response: StartResponse, status: str, body: bytes, *headers: tuple[str, str]) -> Iterable[bytes]:
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


def _without_length(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name != "Content-Length"]
