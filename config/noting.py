"""Notes of what was done moments ago, so that it is not done again: in the cache, and in this process for while that is away."""

import time
from collections import OrderedDict
from contextlib import suppress

from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

MOST_NOTES = 4096
_own: OrderedDict[str, float] = OrderedDict()


def was_noted(key: str) -> bool:
    """Whether a note of this key still holds; while Redis is away, whether this process knows of one."""
    try:
        return bool(cache.get(key))
    except RedisError:
        return _own.get(key, 0.0) > time.monotonic()


def note_after_commit(key: str, seconds: int) -> None:
    """Note it for so long, once this transaction is committed: only what lasts was done."""
    transaction.on_commit(lambda: _note(key, seconds), robust=True)


def _note(key: str, seconds: int) -> None:
    _own[key] = time.monotonic() + seconds
    _own.move_to_end(key)
    if len(_own) > MOST_NOTES:
        _own.popitem(last=False)
    with suppress(RedisError):
        cache.set(key, 1, seconds)
