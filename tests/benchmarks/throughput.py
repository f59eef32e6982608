"""How many pages a second the web server gives when several people ask at once, and whether it opens connections for them."""

import socket
import threading
import time
from dataclasses import dataclass

import psycopg

from tests.benchmarks.pages import PageFailed, Visitor

VISITORS = 4
# Every visitor must meet every process before it counts.
WARM_UP = 1.0
SESSIONS = "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"
LONGEST_TO_SHOW = 10


class NotCounted(AssertionError):
    """PostgreSQL did not count a connection that was opened, so that a count of none says nothing."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """`pages` of `title` in `seconds`, asked for by several visitors on the same machine; `connections` were opened."""

    title: str
    pages: int
    seconds: float
    connections: int

    @property
    def pages_a_second(self) -> float:
        return self.pages / self.seconds


def measure_throughput(visitor: Visitor, title: str, path: str, *, seconds: float, owner_url: str) -> Throughput:
    """Raises PageFailed for an answer that is not a page, NotCounted when connections cannot be counted."""
    _ask(visitor, path, WARM_UP)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        before = _sessions(owner)
        pages, taken = _ask(visitor, path, seconds)
        opened = _sessions(owner) - before
        _expect_count(owner, owner_url)
    return Throughput(title, pages, taken, opened)


def _ask(visitor: Visitor, path: str, seconds: float) -> tuple[int, float]:
    request = f"GET {path} HTTP/1.1\r\nHost: {visitor.host}\r\nCookie: {visitor.headers['Cookie']}\r\n\r\n".encode()
    host, port = visitor.host.split(":")
    counts = [0] * VISITORS
    wrong: list[bytes] = []
    started = time.perf_counter()

    def visit(number: int) -> None:
        while time.perf_counter() - started < seconds and not wrong:
            status = _fetch((host, int(port)), request)
            if status != b"200":
                wrong.append(status)
            counts[number] += 1

    threads = [threading.Thread(target=visit, args=[number]) for number in range(VISITORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise PageFailed(f"{path} answered {wrong[0]!r}")
    return sum(counts), time.perf_counter() - started


def _fetch(address: tuple[str, int], request: bytes) -> bytes:
    """The answer's status. The server closes after each answer, and little is done here: it takes from the server."""
    with socket.create_connection(address, timeout=60) as opened:
        opened.sendall(request)
        first = opened.recv(65_536)
        while opened.recv(65_536):
            pass
    return first[9:12]


def _expect_count(owner: psycopg.Connection, owner_url: str) -> None:
    """A connection that is opened is seen in the count."""
    before = _sessions(owner)
    psycopg.connect(owner_url).close()
    deadline = time.monotonic() + LONGEST_TO_SHOW
    while _sessions(owner) == before:
        if time.monotonic() > deadline:
            raise NotCounted
        time.sleep(0.1)


def _sessions(owner: psycopg.Connection) -> int:
    row = owner.execute(SESSIONS).fetchone()
    return int(row[0]) if row else 0
