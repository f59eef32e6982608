"""Closes every socket of the test process but those to this machine."""

import socket
from typing import Any

from config.demo.ports import LOOPBACK

HERE = (LOOPBACK, "localhost", "::1")


class NetworkIsClosed(RuntimeError):
    """A test reached for another machine."""

    def __init__(self, host: object) -> None:
        super().__init__(f"tests may not connect to {host}")


def close_network() -> None:
    """For the rest of the process: connecting elsewhere and resolving other names raise NetworkIsClosed."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _check(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _check(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host is not None and host not in HERE:
            raise NetworkIsClosed(host)
        return getaddrinfo(host, *args, **kwargs)

    socket.socket.connect = guarded_connect  # type: ignore[assignment, method-assign]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[assignment, method-assign]
    socket.getaddrinfo = guarded_getaddrinfo


def _check(family: int, address: Any) -> None:
    if family in {socket.AF_INET, socket.AF_INET6} and address[0] not in HERE:
        raise NetworkIsClosed(address[0])
