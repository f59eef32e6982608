"""Addresses that customers choose: the public web by https, and nothing else. R121; SSRF."""

import socket
from typing import Any

import pytest

from config.outbound import Bounds, Call, OutboundFailed, OutboundRefused, OutboundSession, PublicWeb
from config.outbound_wire import TimedSocket, is_public
from tests.integrations.support import raw_server

QUICK = Bounds(connect=1, read=1, total=1)


class Names:
    """Answers every look-up with these addresses, and remembers what was connected to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
        self.addresses = addresses
        self.connected: list[tuple[str, int]] = []
        monkeypatch.setattr(socket, "getaddrinfo", self.look_up)
        monkeypatch.setattr(TimedSocket, "connect", self.connect)

    def look_up(self, host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in self.addresses]

    def connect(self, address: tuple[str, int]) -> None:
        self.connected.append(address)
        raise ConnectionRefusedError


def post(allow: PublicWeb, url: str) -> str:
    """What became of it: a status, or why it was refused or failed."""
    calls: list[Call] = []
    with OutboundSession(allow, calls.append) as session:
        try:
            return str(session.post_json(url, b"{}", {}, QUICK).status)
        except OutboundRefused as refused:
            return refused.reason
        except OutboundFailed as failed:
            return failed.kind


@pytest.mark.parametrize("url", ["https://hooks.test/a/b", "https://hooks.test:443/", "https://other.test/"])
def test_any_https_address_is_reached_at_the_address_that_was_checked(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names(monkeypatch, "8.8.8.8")

    assert post(PublicWeb(), url) == "connection"
    assert names.connected == [("8.8.8.8", 443)]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://hooks.test/", "origin"),
        ("https://hooks.test:8443/", "origin"),
        ("https://hooks.test:80/", "origin"),
        ("https://user:word@hooks.test/", "url"),
        ("https://hooks.test/?a=b", "url"),
        ("https://hooks.test/#a", "url"),
        ("https://hooks.test\\@127.0.0.1/", "url"),
        ("https://hooks.test/\r\nX: y", "url"),
        ("ftp://hooks.test/", "origin"),
        ("file:///etc/passwd", "url"),
    ],
)
def test_what_is_no_plain_https_address_is_refused(url: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(monkeypatch, "8.8.8.8")

    assert post(PublicWeb(), url) == reason
    assert names.connected == []


PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("::1", "fe80::1", "fc00::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "2002:7f00:1::", "fd00:ec2::254"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_anywhere_private_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(monkeypatch, "8.8.8.8", address)

    assert post(PublicWeb(), "https://hooks.test/") == "address"
    assert names.connected == []


@pytest.mark.parametrize("address", PRIVATE)
def test_none_of_them_is_public(address: str) -> None:
    assert not is_public(address)


def test_reading_is_not_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    Names(monkeypatch, "8.8.8.8")
    with OutboundSession(PublicWeb(), lambda _: None) as session, pytest.raises(OutboundRefused):
        session.get("https://hooks.test/", {}, {}, QUICK)


def test_an_exception_is_one_origin_and_never_in_production() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")

    with raw_server(answer) as origin:
        allowed = PublicWeb(sandboxes=frozenset({origin}), production=False)
        assert post(allowed, f"{origin}/hook") == "204"
        assert post(allowed, "http://127.0.0.1:1/hook") == "origin"
        assert post(allowed, origin.replace("127.0.0.1", "localhost") + "/hook") == "origin"
        with pytest.raises(ValueError, match="production"):
            PublicWeb(sandboxes=frozenset({origin}))


def test_a_redirect_is_not_followed() -> None:
    def redirect(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 302 Over\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:1/\r\n\r\n")

    with raw_server(redirect) as origin:
        allowed = PublicWeb(sandboxes=frozenset({origin}), production=False)
        assert post(allowed, f"{origin}/hook") == "redirect"
