"""When syncs, mails and ends of access are tried again, and when a connection is due."""

from datetime import timedelta
from random import SystemRandom

from config.waiting import grown, spread
from integrations.problems import Problem

LEASE = timedelta(seconds=90)
INTERVAL = timedelta(hours=4)
SHORTEST_FAILURE = timedelta(minutes=30)
LONGEST_FAILURE = timedelta(hours=12)
SHORTEST_HISTORY = timedelta(seconds=30)
QUEUE_GRACE = timedelta(seconds=30)
# As long as a worker may take over one visit, item or mail, calls included, before another takes its place.
CLAIM = timedelta(minutes=2)

# After so many failed runs in a row a connection rests: runs no longer try again within themselves, news is not followed.
REST_AFTER = 3

# First wait and longest wait in seconds, and how often a run waits before it fails.
NOT_READY = (1.5, 60.0, 14)
ORDINARY = (20.0, 900.0, 6)

_random = SystemRandom()


def next_attempt(problem: Problem, attempts: int, retry_after: int | None) -> timedelta | None:
    """How long a run waits that has waited `attempts` times already, or None when it should wait no more.

    What the provider asked for (`retry_after`, seconds) is kept to, and a little is added.
    """
    first, longest, most = NOT_READY if problem == Problem.NOT_READY else ORDINARY
    if attempts >= most:
        return None
    if retry_after is not None:
        return timedelta(seconds=retry_after + _random.uniform(0.5, 5))
    return spread(timedelta(seconds=min(first * (1 << attempts), longest)))


def next_scheduled() -> timedelta:
    """Until the next sync of a connection that works: four hours, give or take a quarter."""
    return spread(INTERVAL)


def after_failure(failures: int) -> timedelta:
    """Until the next sync after that many failed runs in a row: half an hour at first, twelve hours at most."""
    return grown(SHORTEST_FAILURE, failures, LONGEST_FAILURE)


def until_next_try(attempts: int) -> timedelta:
    """Until a mail, or the end of an item at the provider, is tried again: a minute at first, four hours at most."""
    return grown(timedelta(minutes=1), attempts, INTERVAL)


def while_history_grows(age: timedelta) -> timedelta:
    """Until the next look at a bank that still gathers older rows: half the connection's age, so ever more rarely."""
    return min(max(age / 2, SHORTEST_HISTORY), INTERVAL)
