"""The only way out of the product: one HTTP session that sends nothing but what its allow-list names.

An origin, a method and a path must be named exactly, ids in a path excepted. The host is resolved here, every address it
resolves to must be public, and the connection is made to the very address that was checked, so a name that changes its
answer between check and use gains nothing. Certificates are verified for the name. Redirects, proxies, environment
variables and retries do not exist at this level. Every call, refused ones too, is reported once, without query, headers or
bodies.
"""

import http.client
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Self
from urllib.parse import SplitResult, urlencode

from config.outbound_wire import Bounds, Connection, PrivateAddress, split_plain

__all__ = [
    "AllowList",
    "Bounds",
    "Call",
    "Headers",
    "OutboundFailed",
    "OutboundRefused",
    "OutboundSession",
    "Payload",
    "PublicWeb",
    "Reply",
    "Route",
]

Refusal = Literal["url", "origin", "route", "header", "address"]
Failure = Literal["timeout", "connection", "too_large", "redirect"]

MAX_REPLY_BYTES = 16 * 1024 * 1024
MAX_IDLE = 4
CHUNK = 65_536
HTTPS = 443
DEFAULT_BOUNDS = Bounds()
ANY_ID, ID = "{id}", re.compile(r"[A-Za-z0-9_]{1,255}", re.ASCII)


class OutboundRefused(Exception):
    """The call is not on the allow-list, or its host resolves to an address that is not public. Nothing was sent."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(f"The outbound call was refused: its {reason} is not allowed.")
        self.reason = reason


class OutboundFailed(Exception):
    """The call was sent, or may have been, and gave no usable reply."""

    def __init__(self, kind: Failure) -> None:
        super().__init__(f"The outbound call failed: {kind.replace('_', ' ')}.")
        self.kind = kind


class Payload(bytes):
    """Bytes that are not shown when printed, as bodies hold tokens."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"

    __str__ = __repr__


class Headers(dict[str, str]):
    """Headers that are not shown when printed, as some of them are credentials."""

    def __repr__(self) -> str:
        return f"<{len(self)} headers>"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it is counted. `wrote`: it would change financial data at the provider. No answer: `status` None."""

    host: str
    method: str
    path: str
    status: int | None
    wrote: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """`headers` have lower-case names; `body` is whole and within the size bound."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Route:
    """A method and an exact path, in which {id} stands for one id of the provider's: letters, digits and underscores.
    `writes` marks one that changes financial data at the provider.
    """

    method: str
    path: str
    writes: bool = False

    def matches(self, method: str, path: str) -> bool:
        if method != self.method:
            return False
        wanted, given = self.path.split("/"), path.split("/")
        return len(wanted) == len(given) and all(
            part == found or (part == ANY_ID and ID.fullmatch(found)) for part, found in zip(wanted, given, strict=True)
        )


@dataclass(frozen=True, slots=True)
class AllowList:
    """Origins × routes. An origin in `sandboxes`, and no other, may be plain http and have a private address.

    Raises ValueError for a sandbox in production and for an origin that is neither https nor a sandbox.
    """

    routes: frozenset[Route]
    origins: frozenset[str] = frozenset()
    sandboxes: frozenset[str] = frozenset()
    production: bool = True

    def __post_init__(self) -> None:
        if self.production and self.sandboxes:
            raise ValueError("A sandbox has no place in production.")
        if any(not origin.startswith("https://") for origin in self.origins):
            raise ValueError("An origin outside the sandbox must be https.")

    def find_route(self, method: str, path: str) -> Route | None:
        return next((route for route in self.routes if route.matches(method, path)), None)

    def admits(self, parts: SplitResult) -> bool:
        return _origin(parts) in self.origins | self.sandboxes


@dataclass(frozen=True, slots=True)
class PublicWeb:
    """Any address that a customer names: POST, https, port 443, and as ever only where every address of the host is public.

    An origin in `sandboxes` may be plain http, of any port and private. Raises ValueError for one in production.
    """

    sandboxes: frozenset[str] = frozenset()
    production: bool = True

    def __post_init__(self) -> None:
        if self.production and self.sandboxes:
            raise ValueError("A sandbox has no place in production.")

    def find_route(self, method: str, path: str) -> Route | None:
        return Route(method, path) if method == "POST" else None

    def is_sandbox(self, parts: SplitResult) -> bool:
        return _origin(parts) in self.sandboxes

    def admits(self, parts: SplitResult) -> bool:
        return self.is_sandbox(parts) or (parts.scheme == "https" and parts.port in {None, HTTPS})


@dataclass(frozen=True, slots=True)
class _Content:
    """What one call carries."""

    headers: Headers
    body: Payload | None = None
    query: str = field(default="", repr=False)

    def target(self, path: str) -> str:
        return f"{path}?{self.query}" if self.query else path


def _origin(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}"


def _typed(content_type: str, headers: Mapping[str, str]) -> Headers:
    return Headers({"Content-Type": content_type, **headers})


class OutboundSession:
    """Sends what `allow` names and reports every attempt to `on_call`, which must not raise. Safe between threads."""

    def __init__(
        self, allow: AllowList | PublicWeb, on_call: Callable[[Call], None], max_reply: int = MAX_REPLY_BYTES
    ) -> None:
        self._allow = allow
        self._on_call = on_call
        self._max_reply = max_reply
        self._idle: dict[str, list[Connection]] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the kept connections; the session can still be used."""
        with self._lock:
            kept, self._idle = self._idle, {}
        for connections in kept.values():
            for connection in connections:
                connection.close()

    def post_json(self, url: str, body: bytes, headers: Mapping[str, str], timeout: Bounds = DEFAULT_BOUNDS) -> Reply:
        """POSTs JSON bytes and returns the reply whatever its status, 3xx excepted.

        Raises OutboundRefused (nothing was sent) or OutboundFailed; neither holds a URL, a header or a body.
        """
        return self._send("POST", url, _Content(_typed("application/json", headers), Payload(body)), timeout)

    def post_form(self, url: str, body: bytes, headers: Mapping[str, str], timeout: Bounds = DEFAULT_BOUNDS) -> Reply:
        """The same for a form, already encoded."""
        content = _Content(_typed("application/x-www-form-urlencoded", headers), Payload(body))
        return self._send("POST", url, content, timeout)

    def get(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str], timeout: Bounds = DEFAULT_BOUNDS
    ) -> Reply:
        """GETs `url` with `params` as its query, which is not counted or reported. The same otherwise."""
        return self._send("GET", url, _Content(Headers(headers), query=urlencode(params)), timeout)

    def _send(self, method: str, url: str, content: _Content, bounds: Bounds) -> Reply:
        parts = split_plain(url)
        route = self._allow.find_route(method, parts.path) if parts else None
        outcome = self._attempt(parts, route, content, bounds)
        refused = isinstance(outcome, OutboundRefused)
        self._on_call(
            Call(
                host=((parts.hostname if parts else None) or "")[:253],
                method=method,
                path=(route.path if route else parts.path if parts else "")[:200],
                status=outcome.status if isinstance(outcome, Reply) else None,
                wrote=bool(route and route.writes) and not refused,
                refused=refused,
            )
        )
        if isinstance(outcome, Reply):
            return outcome
        raise outcome

    def _attempt(
        self, parts: SplitResult | None, route: Route | None, content: _Content, bounds: Bounds
    ) -> Reply | OutboundRefused | OutboundFailed:
        """Errors are returned, so that what is raised has no context with a line of the other side in it."""
        if parts is None:
            return OutboundRefused("url")
        origin = _origin(parts)
        if not self._allow.admits(parts):
            return OutboundRefused("origin")
        if route is None:
            return OutboundRefused("route")
        connection: Connection | None = None
        outcome: Reply | OutboundRefused | OutboundFailed
        try:
            connection = self._take(origin, parts, bounds)
            connection.arm(bounds)
            connection.request(route.method, content.target(parts.path), content.body, content.headers)
            outcome = self._read(connection)
        except PrivateAddress:
            outcome = OutboundRefused("address")
        except TimeoutError:
            outcome = OutboundFailed("timeout")
        except (OSError, http.client.HTTPException):
            outcome = OutboundFailed("connection")
        except ValueError:
            outcome = OutboundRefused("header")
        if connection is not None:
            self._give_back(origin, connection, keep=isinstance(outcome, Reply))
        return outcome

    def _read(self, connection: Connection) -> Reply | OutboundFailed:
        response = connection.getresponse()
        if 300 <= response.status < 400:
            return OutboundFailed("redirect")
        received = bytearray()
        while len(received) <= self._max_reply and (chunk := response.read1(CHUNK)):
            received += chunk
        if len(received) > self._max_reply:
            return OutboundFailed("too_large")
        if response.length:
            return OutboundFailed("connection")
        response.close()
        headers = Headers((name.lower(), value) for name, value in response.getheaders())
        return Reply(response.status, headers, Payload(received))

    def _take(self, origin: str, parts: SplitResult, bounds: Bounds) -> Connection:
        with self._lock:
            kept = self._idle.get(origin, [])
            while kept:
                connection = kept.pop()
                if connection.is_reusable():
                    return connection
                connection.close()
        connection = Connection(parts, private=origin in self._allow.sandboxes)
        connection.open(bounds)
        return connection

    def _give_back(self, origin: str, connection: Connection, *, keep: bool) -> None:
        with self._lock:
            kept = self._idle.setdefault(origin, [])
            if keep and connection.sock is not None and len(kept) < MAX_IDLE:
                connection.used_at = time.monotonic()
                kept.append(connection)
                return
        connection.close()
