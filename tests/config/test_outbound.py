import _socket
import http.server
import logging
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config import outbound_wire
from config.outbound import AllowList, Bounds, Call, OutboundFailed, OutboundRefused, OutboundSession, Reply, Route
from config.outbound_wire import TimedSocket, is_public, tls_context
from tests.integrations.support import raw_server

TOKEN = "access-production-3b1f0d6a"
PATHS = frozenset({Route("POST", "/read"), Route("POST", "/write", writes=True)})
QUICK = Bounds(connect=1, read=0.3, total=0.6)


class Teller(http.server.BaseHTTPRequestHandler):
    """Counts connections and requests, and answers with what it was sent."""

    protocol_version = "HTTP/1.1"
    server: "Counting"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), body))
        if body == b"slowly":
            time.sleep(0.8)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Seen", "yes")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers), b""))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        pass


class Counting(http.server.ThreadingHTTPServer):
    connections = 0

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Teller)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        scheme = "https" if context else "http"
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.origin = f"{scheme}://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def handle_error(self, request: object, client_address: object) -> None:
        pass

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


@pytest.fixture
def server() -> Iterator[Counting]:
    counting = Counting()
    yield counting
    counting.stop()


@pytest.fixture
def calls() -> list[Call]:
    return []


@pytest.fixture
def open_session(calls: list[Call]) -> Iterator[Callable[..., OutboundSession]]:
    opened: list[OutboundSession] = []

    def open_one(allow: AllowList, **options: Any) -> OutboundSession:
        opened.append(OutboundSession(allow, calls.append, **options))
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()


Opener = Callable[..., OutboundSession]


def sandbox_list(origin: str) -> AllowList:
    return AllowList(routes=PATHS, sandboxes=frozenset({origin}), production=False)


def public_list(origin: str) -> AllowList:
    return AllowList(routes=PATHS, origins=frozenset({origin}))


def send(session: OutboundSession, url: str, **options: Any) -> Reply:
    return session.post_json(url, b'{"a":1}', {"Authorization": TOKEN}, **options)


def refusal(session: OutboundSession, url: str) -> str:
    with pytest.raises(OutboundRefused) as caught:
        send(session, url)
    return caught.value.reason


def failure(session: OutboundSession, url: str, bounds: Bounds = QUICK) -> str:
    with pytest.raises(OutboundFailed) as caught:
        send(session, url, timeout=bounds)
    return caught.value.kind


def test_what_the_list_names_is_sent_and_counted(server: Counting, open_session: Opener, calls: list[Call]) -> None:
    reply = send(open_session(sandbox_list(server.origin)), f"{server.origin}/read")
    assert (reply.status, reply.body, reply.headers["x-seen"]) == (200, b'{"a":1}', "yes")
    assert server.seen[0][1]["Authorization"] == TOKEN
    assert calls == [Call("127.0.0.1", "POST", "/read", 200, wrote=False, refused=False)]


def test_a_route_that_writes_is_counted_as_a_write(server: Counting, open_session: Opener, calls: list[Call]) -> None:
    send(open_session(sandbox_list(server.origin)), f"{server.origin}/write")
    assert [call.wrote for call in calls] == [True]


READING = frozenset({Route("GET", "/list"), Route("POST", "/token")})


def reading_list(origin: str) -> AllowList:
    return AllowList(routes=READING, sandboxes=frozenset({origin}), production=False)


def test_what_is_read_may_have_a_query_which_is_not_reported(
    server: Counting, open_session: Opener, calls: list[Call]
) -> None:
    session = open_session(reading_list(server.origin))
    session.get(f"{server.origin}/list", {"after": "2026-11-21T10:00:00+0000", "q": "a b&c"}, {"Authorization": TOKEN})
    ((path, headers, _),) = server.seen
    assert path == "/list?after=2026-11-21T10%3A00%3A00%2B0000&q=a+b%26c"
    assert headers["Authorization"] == TOKEN
    assert "Content-Length" not in headers
    assert calls == [Call("127.0.0.1", "GET", "/list", 200, wrote=False, refused=False)]


def test_a_form_is_sent_as_one(server: Counting, open_session: Opener, calls: list[Call]) -> None:
    session = open_session(reading_list(server.origin))
    assert session.post_form(f"{server.origin}/token", b"a=b", {}).body == b"a=b"
    assert server.seen[0][1]["Content-Type"] == "application/x-www-form-urlencoded"


def test_reading_is_not_sending_and_a_query_in_the_address_is_refused(
    server: Counting, open_session: Opener, calls: list[Call]
) -> None:
    session = open_session(reading_list(server.origin))
    for path in ("/token", "/list?a=b", "/list/1"):
        with pytest.raises(OutboundRefused):
            session.get(server.origin + path, {}, {})
    with pytest.raises(OutboundRefused):
        session.post_form(f"{server.origin}/list", b"", {})
    assert server.seen == []
    assert [call.refused for call in calls] == [True] * 4


def test_a_connection_is_kept(server: Counting, open_session: Opener) -> None:
    session = open_session(sandbox_list(server.origin))
    for _ in range(5):
        send(session, f"{server.origin}/read")
    assert (server.connections, len(server.seen)) == (1, 5)


def test_a_kept_connection_that_the_other_side_closed_is_not_used(open_session: Opener) -> None:
    def answer_once(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with raw_server(answer_once) as origin:
        session = open_session(sandbox_list(origin))
        send(session, f"{origin}/read")
        time.sleep(0.1)
        assert send(session, f"{origin}/read").body == b"ok"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:1/read", "origin"),
        ("http://localhost:{port}/read", "origin"),
        ("https://127.0.0.1:{port}/read", "origin"),
        ("http://127.0.0.1:{port}/other", "route"),
        ("http://127.0.0.1:{port}/read/", "route"),
        ("http://127.0.0.1:{port}//read", "route"),
        ("http://127.0.0.1:{port}/x/../read", "route"),
        ("http://127.0.0.1:{port}/re%61d", "route"),
        ("http://127.0.0.1:{port}/read?token=x", "url"),
        ("http://127.0.0.1:{port}/read#x", "url"),
        ("http://user@127.0.0.1:{port}/read", "url"),
        ("http://127.0.0.1:{port}\\@evil.test/read", "url"),
        ("http://127.0.0.1:{port}/read\r\nX: y", "url"),
        ("http://[::1/read", "url"),
        ("", "url"),
    ],
)
def test_what_the_list_does_not_name_is_refused_and_nothing_is_sent(
    url: str, reason: str, server: Counting, open_session: Opener, calls: list[Call]
) -> None:
    session = open_session(sandbox_list(server.origin))
    assert refusal(session, url.format(port=server.server_port)) == reason
    assert (server.connections, server.seen) == (0, [])
    assert [(call.refused, call.status, call.wrote) for call in calls] == [(True, None, False)]
    assert "token" not in str(calls)


def test_another_method_is_refused(server: Counting, open_session: Opener) -> None:
    listed = AllowList(
        routes=frozenset({Route("GET", "/read")}), sandboxes=frozenset({server.origin}), production=False
    )
    assert refusal(open_session(listed), f"{server.origin}/read") == "route"
    assert server.connections == 0


def test_a_private_address_is_refused_before_a_packet_is_sent(server: Counting, open_session: Opener) -> None:
    origin = server.origin.replace("http:", "https:")
    assert refusal(open_session(public_list(origin)), f"{origin}/read") == "address"
    assert server.connections == 0


def test_a_sandbox_may_be_private_but_never_in_production(server: Counting) -> None:
    with pytest.raises(ValueError, match="production"):
        AllowList(routes=PATHS, sandboxes=frozenset({server.origin}), production=True)


def test_an_origin_without_tls_is_no_origin() -> None:
    with pytest.raises(ValueError, match="https"):
        AllowList(routes=PATHS, origins=frozenset({"http://production.plaid.com"}))


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.9",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("255.255.255.255", "192.0.2.5", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"),
        *("::7f00:1", "::ffff:0:7f00:1", "64:ff9b:1::7f00:1", "2001:0:7f00:1::", "fec0::1", "fd00:ec2::254"),
        *("198.18.0.1", "240.0.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "::ffff:168.63.129.16"),
    ],
)
def test_these_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_these_addresses_are_public(address: str) -> None:
    assert is_public(address)


# What a resolver takes for an address however it is written.
@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "[::]", "0"])
def test_a_loopback_address_is_refused_however_it_is_written(
    host: str, server: Counting, open_session: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tests' own guard stands before the resolver; nobody is asked about numbers.
    monkeypatch.setattr(socket, "getaddrinfo", _socket.getaddrinfo)
    origin = f"https://{host}:{server.server_port}"
    assert refusal(open_session(public_list(origin)), f"{origin}/read") == "address"
    assert server.connections == 0


class Names:
    """Answers for name look-ups, one after the other, and the addresses that were connected to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.connected: list[str] = []
        monkeypatch.setattr(socket, "getaddrinfo", self.look_up)
        monkeypatch.setattr(TimedSocket, "connect", self.connect)

    def look_up(self, host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in self.answers.pop(0)]

    def connect(self, address: tuple[str, int]) -> None:
        self.connected.append(address[0])
        raise ConnectionRefusedError


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, open_session: Opener) -> None:
    names = Names(monkeypatch, ["8.8.8.8", "10.0.0.8"])
    assert refusal(open_session(public_list("https://bank.test")), "https://bank.test/read") == "address"
    assert names.connected == []


def test_the_checked_address_is_the_one_that_is_connected_to(
    monkeypatch: pytest.MonkeyPatch, open_session: Opener
) -> None:
    # The name would give another answer the next time, as in DNS rebinding: it is never asked again.
    names = Names(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    assert failure(open_session(public_list("https://bank.test")), "https://bank.test/read") == "connection"
    assert names.connected == ["8.8.8.8"]
    assert len(names.answers) == 1


def test_a_redirect_is_not_followed(server: Counting, open_session: Opener, calls: list[Call]) -> None:
    def redirect(connection: socket.socket) -> None:
        target = f"{server.origin}/read".encode()
        connection.sendall(b"HTTP/1.1 307 Over\r\nContent-Length: 0\r\nLocation: " + target + b"\r\n\r\n")

    with raw_server(redirect) as origin:
        assert failure(open_session(sandbox_list(origin)), f"{origin}/read") == "redirect"
    assert server.seen == []
    assert len(calls) == 1


@pytest.mark.parametrize("head", [b"Content-Length: 5000\r\n\r\n", b"Connection: close\r\n\r\n"])
def test_too_large_a_reply_is_cut_off(head: bytes, open_session: Opener) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"x" * 5000)

    with raw_server(talk) as origin:
        assert failure(open_session(sandbox_list(origin), max_reply=1000), f"{origin}/read") == "too_large"
        assert len(send(open_session(sandbox_list(origin), max_reply=5000), f"{origin}/read").body) == 5000


def test_a_reply_that_is_cut_short_is_a_failure(open_session: Opener) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf")

    with raw_server(talk) as origin:
        assert failure(open_session(sandbox_list(origin)), f"{origin}/read") == "connection"


def test_a_silent_server_is_given_up(open_session: Opener) -> None:
    with raw_server(lambda _: time.sleep(1)) as origin:
        started = time.monotonic()
        assert failure(open_session(sandbox_list(origin)), f"{origin}/read") == "timeout"
        assert time.monotonic() - started < 0.9


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"HTTP/1.1 200 OK\r\n"])
def test_a_server_that_drips_is_given_up_at_the_deadline(start: bytes, open_session: Opener) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(40):
            time.sleep(0.05)
            connection.sendall(b"x")

    with raw_server(drip) as origin:
        started = time.monotonic()
        assert failure(open_session(sandbox_list(origin)), f"{origin}/read") == "timeout"
        assert 0.5 < time.monotonic() - started < 1.2


def test_a_closed_port_is_a_failed_connection(open_session: Opener) -> None:
    origin = "http://127.0.0.1:1"
    assert failure(open_session(sandbox_list(origin)), f"{origin}/read") == "connection"


def test_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, server: Counting, open_session: Opener
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert send(open_session(sandbox_list(server.origin)), f"{server.origin}/read").status == 200


# R83: what is raised, printed or logged on the way out holds no token.
def test_no_error_shows_what_was_sent_or_received(caplog: pytest.LogCaptureFixture, open_session: Opener) -> None:
    caplog.set_level(logging.DEBUG)

    def blabber(connection: socket.socket) -> None:
        connection.sendall(f"{TOKEN} is not HTTP\r\n\r\n".encode())

    with raw_server(blabber) as origin:
        session = open_session(sandbox_list(origin))
        with pytest.raises(OutboundFailed) as caught:
            session.post_json(f"{origin}/read", TOKEN.encode(), {"Authorization": TOKEN}, QUICK)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__context__) + caplog.text
    assert TOKEN not in shown
    assert TOKEN in "".join(traceback.format_exception(ValueError(TOKEN)))


def test_a_header_that_could_smuggle_is_refused_without_being_shown(server: Counting, open_session: Opener) -> None:
    session = open_session(sandbox_list(server.origin))
    with pytest.raises(OutboundRefused) as caught:
        session.post_json(f"{server.origin}/read", b"", {"Authorization": f"{TOKEN}\r\nX: y"})
    assert caught.value.reason == "header"
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert server.seen == []


def test_a_reply_does_not_show_its_body(server: Counting, open_session: Opener) -> None:
    reply = open_session(sandbox_list(server.origin)).post_json(f"{server.origin}/read", TOKEN.encode(), {})
    assert TOKEN in reply.body.decode()
    assert TOKEN not in f"{reply} {reply!r} {reply.headers} {reply.body!r}"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "teller")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "teller.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[Counting]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    counting = Counting(context)
    yield counting
    counting.stop()


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(tls_server: Counting, open_session: Opener) -> None:
    assert failure(open_session(sandbox_list(tls_server.origin)), f"{tls_server.origin}/read") == "connection"
    assert tls_server.seen == []


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting = tls_context.__wrapped__()
    trusting.load_verify_locations(certificate)
    monkeypatch.setattr(outbound_wire, "tls_context", lambda: trusting)


@pytest.mark.usefixtures("trusted")
def test_a_silent_server_is_given_up_under_tls_too(tls_server: Counting, open_session: Opener) -> None:
    session = open_session(sandbox_list(tls_server.origin))
    with pytest.raises(OutboundFailed) as caught:
        session.post_json(f"{tls_server.origin}/read", b"slowly", {}, QUICK)
    assert caught.value.kind == "timeout"


@pytest.mark.usefixtures("trusted")
def test_calls_go_through_tls_and_keep_the_connection(tls_server: Counting, open_session: Opener) -> None:
    session = open_session(sandbox_list(tls_server.origin))
    assert [send(session, f"{tls_server.origin}/read").status for _ in range(3)] == [200] * 3
    assert len(tls_server.seen) == 3
