"""Another table of limits for one test, and the passing of time in it."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache

from config import limits
from config.limits import Limit, find_limit
from config.middleware import limits as middleware


def change_limit(monkeypatch: pytest.MonkeyPatch, name: str, **changes: Any) -> Limit:
    """The limit of this name with another count, window or behaviour, for the rest of the test."""
    changed = replace(find_limit(name), **changes)
    use_table(monkeypatch, tuple(changed if limit.name == name else limit for limit in limits.TABLE))
    return changed


def use_table(monkeypatch: pytest.MonkeyPatch, table: tuple[Limit, ...]) -> None:
    """Another table altogether."""
    monkeypatch.setattr(limits, "TABLE", table)
    monkeypatch.setattr(middleware, "ROUTES", limits.by_route(table))


def let_pass(seconds: float) -> None:
    """Have everything that was counted so far be as much older, as if the clock had gone on."""
    client = redis_client()
    for key in client.scan_iter("limits*"):
        moments = [float(one) - seconds for one in client.lrange(key, 0, -1)]
        client.delete(key)
        client.rpush(key, *moments)


def redis_client() -> Any:
    """Redis as the cache and the limits use it."""
    return cache._cache.get_client(write=True)  # type: ignore[attr-defined] # no part of Django's own interface
