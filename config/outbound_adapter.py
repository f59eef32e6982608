"""Lets a library that speaks through `requests` speak through the outbound session, and through nothing else."""

from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from config.outbound import Bounds, OutboundRefused, OutboundSession, Reply
from config.outbound_wire import split_plain

HEADERS = ("Accept",)


class OutboundAdapter(BaseAdapter):
    """POSTs forms below `base_url`, whatever host the library was told: only the path is taken from its address.

    Raises OutboundRefused and OutboundFailed, as the session does. Cookies, proxies and redirects do not exist.
    """

    def __init__(self, session: OutboundSession, base_url: str, bounds: Bounds) -> None:
        super().__init__()
        self._session = session
        self._base_url = base_url
        self._bounds = bounds

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        parts = split_plain(request.url or "")
        if parts is None or request.method != "POST":
            raise OutboundRefused("url")
        body = request.body.encode() if isinstance(request.body, str) else request.body
        reply = self._session.post_form(
            self._base_url + parts.path, body if isinstance(body, bytes) else b"", _kept(request.headers), self._bounds
        )
        return _response(request, reply)

    def close(self) -> None:
        """Nothing: the session belongs to whoever opened it."""


def outbound_only(library: requests.Session, adapter: OutboundAdapter) -> None:
    """Take every other way out of a library's session, and what it would read from the environment."""
    library.trust_env = False
    library.adapters.clear()
    library.mount("https://", adapter)


def _kept(headers: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(headers[name]) for name in HEADERS if headers.get(name)}


def _response(request: requests.PreparedRequest, reply: Reply) -> requests.Response:
    response = requests.Response()
    response.status_code = reply.status
    response.headers = CaseInsensitiveDict(reply.headers)
    response._content = bytes(reply.body)
    response.encoding = "utf-8"
    response.url = ""
    response.request = request
    return response
