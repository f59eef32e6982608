"""The connections of config.outbound: resolved, checked and connected to the checked address, every wait bounded."""

import functools
import http.client
import ipaddress
import select
import socket
import ssl
import time
from dataclasses import dataclass
from typing import cast
from urllib.parse import SplitResult, urlsplit

MAX_IDLE_SECONDS = 50.0
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Where clouds tell a machine its own secrets, at addresses that look public: Azure, Oracle.
METADATA = frozenset({ipaddress.ip_address("168.63.129.16"), ipaddress.ip_address("192.0.0.192")})
# All of IPv6 that is handed out to anybody; what is not reserved yet, or was given up, leads nowhere that is public.
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


class PrivateAddress(Exception):
    """The host resolves to an address that is not public."""

    def __init__(self) -> None:
        super().__init__("The host does not resolve to public addresses only.")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds to connect, between two arrivals of data, and for the whole call once its host is resolved."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0


def split_plain(url: str) -> SplitResult | None:
    """The parts of a plain scheme://host[:port]/path; None for anything with more to it."""
    if not (url.isascii() and url.isprintable()) or set(url) & set(" @\\?#"):
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def is_public(address: str) -> bool:
    """Whether an IP address, and any IPv4 address inside it, is one that the whole internet can reach."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(ip.packed[12:]) if ip in NAT64 else None)
        if inner is not None:
            return is_public(str(inner))
        if ip not in GLOBAL_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and ip not in METADATA


class TimedSocket(socket.socket):
    """A socket that waits for data no longer than `read_seconds`, and never past `deadline` (monotonic)."""

    read_seconds = 0.0
    deadline = 0.0

    def remaining(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def recv_into(self, *args, **kwargs):  # type: ignore[no-untyped-def]  # handed on as it came
        self.settimeout(min(self.read_seconds, self.remaining()))
        return super().recv_into(*args, **kwargs)


class TimedTLSSocket(TimedSocket, ssl.SSLSocket):
    """The same under TLS."""


@functools.cache
def tls_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = TimedTLSSocket
    return context


class Connection(http.client.HTTPConnection):
    """A connection to one origin that is kept between calls. `private` lets it reach an address that is not public."""

    def __init__(self, origin: SplitResult, *, private: bool) -> None:
        self.secure = origin.scheme == "https"
        super().__init__(origin.hostname or "", origin.port or (443 if self.secure else 80))
        self.private = private
        self.used_at = 0.0
        self.wire: TimedSocket | None = None

    def open(self, bounds: Bounds) -> None:
        """Raises PrivateAddress before any packet is sent, OSError when no address answers in `bounds.connect`."""
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        if not found or not (self.private or all(is_public(str(entry[4][0])) for entry in found)):
            raise PrivateAddress
        deadline = time.monotonic() + bounds.connect
        problem = OSError()
        for family, kind, protocol, _, address in found:
            plain = TimedSocket(family, kind, protocol)
            plain.deadline = deadline
            try:
                plain.settimeout(plain.remaining())
                plain.connect(address)
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.sock = self.wire = self._secure(plain) if self.secure else plain
                return
            except OSError as error:
                plain.close()
                problem = error
        raise problem

    def _secure(self, plain: TimedSocket) -> TimedSocket:
        return cast(TimedTLSSocket, tls_context().wrap_socket(plain, server_hostname=self.host))

    def connect(self) -> None:
        """Refuses: http.client would connect by itself, to an address that nobody checked."""
        raise ConnectionError

    def arm(self, bounds: Bounds) -> None:
        """Starts the clock of one call."""
        if self.wire is None:
            raise ConnectionError
        self.wire.read_seconds = bounds.read
        self.wire.deadline = time.monotonic() + bounds.total
        self.wire.settimeout(self.wire.remaining())

    def is_reusable(self) -> bool:
        """False once it idled too long, or the other side has closed or said something that nobody asked for."""
        if self.sock is None or time.monotonic() - self.used_at > MAX_IDLE_SECONDS:
            return False
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return not poll.poll(0)
