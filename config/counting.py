"""Counts against the table of limits: windows that slide, in Redis, atomically for all processes together.

What is counted lies there under digests, so that whoever reads Redis learns no address and no account.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import ceil

from django.conf import settings
from django.utils.crypto import salted_hmac
from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from config.limits import Away, Limit
from config.redis_client import OPTIONS, asking_redis

log = logging.getLogger(__name__)

PREFIX = "limits"
SAID_AGAIN_SECONDS = 60
_said_at: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Count:
    """Where somebody stands: how many are left, and the Unix time at which one more will be. `subject` is a digest."""

    limit: Limit
    subject: str
    remaining: int
    resets_at: float
    is_refused: bool = False

    @property
    def seconds_to_wait(self) -> int:
        """Whole seconds until one more is left, at least 1."""
        return max(1, ceil(self.resets_at - time.time()))


class LimitReached(Exception):
    """It was asked for too often. The sentence says when it may be again."""

    def __init__(self, count: Count) -> None:
        super().__init__(f"Too many tries. Try again in {count.seconds_to_wait} seconds.")
        self.count = count


def take(limit: Limit, subject: str) -> Count | None:
    """Count one more, or say that it is one too many, which does not count. None where Redis is away and the limit is
    open then; raises RedisError where it is closed.
    """
    digest = _digest(limit, subject)
    item, limiter = _item_of(limit), _limiter()
    try:
        with asking_redis():
            is_taken = limiter.hit(item, digest)
            resets_at, remaining = limiter.get_window_stats(item, digest)
    except RedisError:
        if limit.away is Away.CLOSED:
            say_away(limit.name, "refuses everything")
            raise
        say_away(limit.name, "lets everything through")
        return None
    return Count(limit, digest, remaining if is_taken else 0, resets_at, is_refused=not is_taken)


def has_left(limit: Limit, subject: str) -> bool:
    """Whether one more would be let through. Counts nothing. Raises RedisError."""
    with asking_redis():
        return _limiter().test(_item_of(limit), _digest(limit, subject))


def give_back(count: Count) -> Count:
    """Make one that was taken not have counted. Where Redis is away it stays counted."""
    limiter = _limiter()
    key = limiter.storage.prefixed_key(_item_of(count.limit).key_for(count.subject))
    try:
        with asking_redis():
            # The newest of the window's moments: which of two in the same instant it was makes no difference.
            limiter.storage.storage.lpop(key)
    except RedisError:
        return count
    return replace(count, remaining=count.remaining + 1)


def find_tightest(counts: Sequence[Count]) -> Count | None:
    """The one that will be reached first; of those that are reached, the one that lasts longest."""
    return min(counts, key=lambda count: (not count.is_refused, count.remaining, -count.resets_at), default=None)


def say_away(name: str, what: str) -> None:
    """Say loudly, once a minute, that Redis is away, and what a limit does then."""
    now = time.monotonic()
    if now - _said_at.get(what, float("-inf")) >= SAID_AGAIN_SECONDS:
        _said_at[what] = now
        log.error("Redis is away: the limit %s %s, and so do those like it", name, what)


def use_prefix(prefix: str) -> None:
    """Count apart from now on, for a test on its own."""
    _limiter().storage.key_prefix = prefix


def _digest(limit: Limit, subject: str) -> str:
    return salted_hmac(PREFIX, f"{limit.name}\0{subject}", algorithm="sha256").hexdigest()


def _item_of(limit: Limit) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(limit.count, limit.seconds, namespace=limit.name)


class _Limiter(MovingWindowRateLimiter):
    storage: RedisStorage


@cache
def _limiter() -> _Limiter:
    return _Limiter(RedisStorage(settings.CACHES["default"]["LOCATION"], key_prefix=PREFIX, **OPTIONS))
