"""A sudden rise of one kind of violation, which is an event of the site and so an alert: once a day for a route and directive.

Counted in the cache: while that is away nothing rises, and what browsers report is kept all the same.
"""

from collections import Counter
from collections.abc import Mapping

from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from audit.log import Actor, record
from audit.models import Event
from config.noting import note_after_commit, was_noted
from trust.violations.reading import Kind
from vault.tenancy import SITE_ID, enter_workspace

# A browser with an extension of its own makes some on each page; a page that is broken for everybody, or attacked, hundreds.
MOST_IN_AN_HOUR = 100
HOUR, DAY = 3600, 24 * 3600


def watch_for_rise(kinds: Mapping[Kind, int]) -> None:
    """Count reports of a route and directive, whatever was blocked, and tell of more than MOST_IN_AN_HOUR."""
    counted: Counter[tuple[str, str]] = Counter()
    for kind, times in kinds.items():
        counted[kind.route, kind.directive] += times
    for (route, directive), times in counted.items():
        if _count(route, directive, times) > MOST_IN_AN_HOUR:
            _tell(route, directive)


def _count(route: str, directive: str, times: int) -> int:
    """How many there were since the first one, of which each hour has a new one."""
    key = f"violations:{route}:{directive}"
    try:
        cache.add(key, 0, HOUR)
        return int(cache.incr(key, times))
    except (RedisError, ValueError):
        return 0


def _tell(route: str, directive: str) -> None:
    key = f"violations-told:{route}:{directive}"
    if was_noted(key):
        return
    with transaction.atomic(), enter_workspace(SITE_ID):
        detail, failed = {"route": route, "directive": directive}, Event.Outcome.FAILED
        record(actor=Actor.system("policy"), action="trust.policy.violated", detail=detail, outcome=failed)
        note_after_commit(key, DAY)
