"""Every connection that this process opens, by whatever library: the interpreter itself reports them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

_recordings: list["Traffic"] = []


@dataclass
class Traffic:
    """Hosts and ports that were connected to, and names that were looked up. The queue and cache are left out."""

    reached: list[tuple[str, int]] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)

    @property
    def is_silent(self) -> bool:
        return not self.reached and not self.resolved


@contextmanager
def recorded_traffic() -> Iterator[Traffic]:
    """What leaves meanwhile. PostgreSQL's own library connects past the interpreter and speaks to nobody else."""
    traffic = Traffic()
    _recordings.append(traffic)
    try:
        yield traffic
    finally:
        _recordings.remove(traffic)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _recordings or event not in {"socket.connect", "socket.getaddrinfo"}:
        return
    own = _own_places()
    for traffic in _recordings:
        if event == "socket.connect":
            address = arguments[1]
            if isinstance(address, tuple) and (address[0], address[1]) not in own:
                traffic.reached.append((address[0], address[1]))
        elif (arguments[0], arguments[1]) not in own:
            traffic.resolved.append(str(arguments[0]))


def _own_places() -> set[tuple[str, int]]:
    parts = urlsplit(settings.REDIS_URL)
    return {(parts.hostname or "", parts.port or 0)}


sys.addaudithook(_hear)
