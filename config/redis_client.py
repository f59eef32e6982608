"""Redis as a request may ask it: briefly. Once it did not answer, this process leaves it alone for a few seconds.

What cannot do without it says so at once, what can goes on without, and no page waits for a server that is away.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

CONNECT_SECONDS = 0.3
ANSWER_SECONDS = 0.5
REST_SECONDS = 2.0
# A server that was restarted has closed the connections: the first to find out connects anew. A silent one is asked once.
OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": CONNECT_SECONDS,
    "socket_timeout": ANSWER_SECONDS,
    "retry": Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
}


class RedisAway(redis.ConnectionError):
    """Redis did not answer moments ago and was not asked again."""


class Circuit:
    """Remembers for a few seconds that Redis did not answer, for all parts of this process that ask it."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether Redis is not to be asked just now."""
        return time.monotonic() < self._rests_until

    def open(self) -> None:
        """Redis did not answer."""
        self._rests_until = time.monotonic() + REST_SECONDS

    def close(self) -> None:
        """Ask it again."""
        self._rests_until = 0.0


circuit = Circuit()


@contextmanager
def asking_redis() -> Iterator[None]:
    """Raises RedisAway where it is left alone; what it raises itself for not answering is remembered."""
    if circuit.is_open:
        raise RedisAway("Redis is away")
    try:
        yield
    except (redis.ConnectionError, redis.TimeoutError):
        circuit.open()
        raise


class BriefRedis(redis.Redis):
    """A client that leaves Redis alone while it is away."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        with asking_redis():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call] # redis's own gap
