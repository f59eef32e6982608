"""Lets Stripe's client speak through the outbound session, and through nothing else.

Of what it would send, the headers named here go out; what it tells of the machine and of earlier calls does not.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from stripe import APIConnectionError, HTTPClient

from config.outbound import Bounds, OutboundFailed, OutboundSession

HEADERS = ("Authorization", "Idempotency-Key", "Stripe-Version")
# A page waits for these. The client asks three times at most.
BOUNDS = Bounds(connect=4, read=15, total=20)
PASSING = ("timeout", "connection")


class OutboundTransport(HTTPClient):
    """Raises OutboundRefused where a call is not on the allow-list."""

    name = "counterfoil"

    def __init__(self, session: OutboundSession) -> None:
        super().__init__()
        self._session = session

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.netloc}{parts.path}"
        kept = {name: value for name, value in (headers or {}).items() if name in HEADERS}
        failed = ""
        try:
            if method.upper() == "GET":
                reply = self._session.get(address, dict(parse_qsl(parts.query)), kept, BOUNDS)
            else:
                reply = self._session.post_form(address, (post_data or "").encode(), kept, BOUNDS)
        except OutboundFailed as error:
            failed = error.kind
        if failed:
            passing = failed in PASSING
            raise APIConnectionError(f"No answer: {failed}", should_retry=passing)  # type: ignore[no-untyped-call] # its own gap
        return reply.body.decode("utf-8", "replace"), reply.status, reply.headers

    def close(self) -> None:
        """Nothing: the session belongs to whoever opened it."""
