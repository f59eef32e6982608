"""A very small web framework: requests, responses and a router, on WSGI."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

import msgspec

MAX_BODY = 1024 * 1024
REASONS = {200: "OK", 302: "Found", 303: "See Other", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"} | {
    402: "Payment Required",
    405: "Method Not Allowed",
    429: "Too Many Requests",
}


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` have lower-case names; `match` are the named parts of the path; `query_text` is the query undecoded."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    query: Mapping[str, list[str]] = field(default_factory=dict)
    match: Mapping[str, str] = field(default_factory=dict)
    query_text: str = ""

    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Response:
    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Response]


def json_response(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status)


def not_found() -> Response:
    return Response(b"Not found\n", 404, "text/plain; charset=utf-8")


class Router:
    """Routes are (method, pattern, handler); a pattern is a regular expression of the whole path."""

    def __init__(self, routes: Iterable[tuple[str, str, Handler]]) -> None:
        self._routes = [(method, re.compile(pattern), handler) for method, pattern, handler in routes]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = _read(environ)
        response = self._dispatch(request)
        headers = {
            "Content-Type": response.content_type,
            "Content-Length": str(len(response.body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **response.headers,
        }
        start_response(f"{response.status} {REASONS.get(response.status, 'Error')}", list(headers.items()))
        return [response.body]

    def _dispatch(self, request: Request) -> Response:
        for method, pattern, handler in self._routes:
            if method == request.method and (found := pattern.fullmatch(request.path)):
                return handler(replace(request, match=found.groupdict()))
        return not_found()


def _read(environ: WSGIEnvironment) -> Request:
    length = min(int(environ.get("CONTENT_LENGTH") or 0), MAX_BODY)
    body: Any = environ["wsgi.input"].read(length) if length else b""
    headers = {name[5:].replace("_", "-").lower(): str(value) for name, value in environ.items() if name[:5] == "HTTP_"}
    headers["content-type"] = str(environ.get("CONTENT_TYPE", ""))
    text = str(environ.get("QUERY_STRING", ""))
    method, path = str(environ["REQUEST_METHOD"]), str(environ["PATH_INFO"])
    return Request(method, path, headers, body, parse_qs(text), query_text=text)
