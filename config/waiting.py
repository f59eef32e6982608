"""How long something waits before it is tried again: waits grow, are capped, and are spread by chance so that many do not
come at once.
"""

from datetime import timedelta
from random import SystemRandom

MOST_DOUBLINGS = 10
_random = SystemRandom()


def grown(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """`first` after one try, doubled by each further one, `longest` at most; give or take a quarter."""
    return spread(min(first * (1 << min(max(times - 1, 0), MOST_DOUBLINGS)), longest))


def spread(wait: timedelta) -> timedelta:
    """Give or take a quarter."""
    return wait * _random.uniform(0.75, 1.25)
