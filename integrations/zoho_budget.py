"""How many calls an organisation's Zoho Books may still get, counted in Redis for all workers and workspaces together.

Zoho allows 100 calls a minute and, by plan, 1,000 to 10,000 a day, for everything that asks for the organisation. A tenth of
both is left to the customer's other programs. Nothing here waits: who may not call is told for how long. Keys hold an HMAC
of the organisation's id and nothing that names it.
"""

import hmac
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from math import ceil
from uuid import uuid4

import redis
from django.conf import settings

from integrations.providers.zoho_errors import DayLimit, MustWait, TooManyAtOnce, ZohoProblem

CALLS = 90
WINDOW_SECONDS = 60
KEPT_FREE = 10
SHORTEST_DAY = 60
# Seconds until Zoho is asked again that wanted a pause, where it did not say how long.
PAUSE = 60
PAUSES: dict[type[ZohoProblem], int] = {TooManyAtOnce: 10, DayLimit: 3600}

# Waits until half of the minute's calls are free again: to be let in for a single call each time would be a crawl.
SPEND = """
local paused = redis.call('PTTL', KEYS[2])
if paused > 0 then return paused end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, most = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, now - window)
if redis.call('ZCARD', KEYS[1]) >= most then
  local middle = redis.call('ZRANGE', KEYS[1], math.floor((most - 1) / 2), math.floor((most - 1) / 2), 'WITHSCORES')
  return math.max(1, math.floor(middle[2] + window - now))
end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], window)
return 0
"""
NOTE = """
local top = math.max(tonumber(redis.call('HGET', KEYS[1], 'top') or 0), tonumber(ARGV[1]), tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'top', top, 'left', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return top
"""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of the day: calls that this product may make, and seconds until they are counted anew."""

    calls: int
    seconds: int


def spend(organization_id: str) -> None:
    """Take one call from the minute. Raises MustWait when there is none left, or the day is over."""
    keys = [_key(organization_id, "minute"), _key(organization_id, "pause")]
    wait = _redis().eval(SPEND, 2, *keys, str(WINDOW_SECONDS * 1000), str(CALLS), str(uuid4()))
    if int(str(wait)) > 0:
        raise MustWait(retry_after=ceil(int(str(wait)) / 1000))


def note(organization_id: str, remaining: int | None, reset: int | None, limit: int | None = None) -> None:
    """What an answer said of the day's calls: those left and the seconds until they are counted anew. With no more than the
    tenth left that is not ours, nothing is asked for until then.

    `limit` is what the day began with; where it is not told, the most that was ever left of this day stands for it.
    """
    if remaining is None or reset is None:
        return
    seconds = max(reset, SHORTEST_DAY)
    told = [str(max(remaining, 0)), str(limit or 0), str(seconds)]
    top = int(str(_redis().eval(NOTE, 1, _key(organization_id, "day"), *told)))
    if remaining <= top // KEPT_FREE:
        pause(organization_id, seconds)


def pause(organization_id: str, seconds: int) -> None:
    """Let nobody call for so long, or for as long as somebody said before, if that is longer."""
    key = _key(organization_id, "pause")
    if not _redis().set(key, 1, ex=max(seconds, 1), nx=True):
        _redis().expire(key, max(seconds, 1), gt=True)


def seconds_of_pause(problem: ZohoProblem) -> int:
    """How long to ask for nothing after being asked to wait: as long as Zoho said, or else as is usual."""
    return problem.retry_after or PAUSES.get(type(problem), PAUSE)


def read_left(organization_id: str) -> Left | None:
    """What is left of the day, as the last answer said; None when none did."""
    key = _key(organization_id, "day")
    top, left = _redis().hmget(key, ["top", "left"])
    seconds = int(str(_redis().ttl(key)))
    if top is None or left is None or seconds < 1:
        return None
    return Left(max(int(left) - int(top) // KEPT_FREE, 0), seconds)


def _key(organization_id: str, what: str) -> str:
    digest = hmac.digest(settings.ROUTING_KEY.encode(), f"zoho_budget\x00{organization_id}".encode(), sha256)
    return f"zoho:{what}:{digest.hex()}"


def _redis() -> "redis.Redis":
    return _client(str(settings.CACHES["default"]["LOCATION"]))


@cache
def _client(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, decode_responses=True, socket_timeout=5, socket_connect_timeout=2)
