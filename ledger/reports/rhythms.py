"""Rhythms of days: whether some days follow one, and which days it expects next. Nothing here knows of money."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import Enum
from itertools import pairwise

WEEKLY_GAP, FORTNIGHTLY_GAP, MONTHLY_GAP, HALF_MONTH_GAP = (6, 8), (13, 15), (26, 35), (10, 20)
# The next month's day is looked for no sooner than this after the last, so that a day moved by a weekend is not the next.
SOONEST = timedelta(days=20)


class Rhythm(Enum):
    """How often; the value is the words for it."""

    WEEKLY = "every week"
    FORTNIGHTLY = "every two weeks"
    TWICE_A_MONTH = "twice a month"
    MONTHLY = "every month"

    @property
    def least(self) -> int:
        """How many times it has to have happened to be believed."""
        return 3 if self is Rhythm.MONTHLY else 4

    @property
    def grace(self) -> timedelta:
        """How long after its day one may still be awaited."""
        return timedelta(days=7 if self in (Rhythm.MONTHLY, Rhythm.TWICE_A_MONTH) else 3)


def find_rhythm(days: Sequence[date]) -> Rhythm | None:
    """The rhythm of some days, ascending and each once, or None."""
    gaps, doubled = _gaps(days), _gaps(days[::2]) + _gaps(days[1::2])
    found = {
        Rhythm.WEEKLY: _within(gaps, WEEKLY_GAP) and _keeps_step(days, 7),
        Rhythm.FORTNIGHTLY: _within(gaps, FORTNIGHTLY_GAP) and _keeps_step(days, 14),
        Rhythm.TWICE_A_MONTH: _within(gaps, HALF_MONTH_GAP) and _within(doubled, MONTHLY_GAP),
        Rhythm.MONTHLY: _within(gaps, MONTHLY_GAP),
    }
    return next((rhythm for rhythm, is_it in found.items() if is_it and len(days) >= rhythm.least), None)


def expect_days(rhythm: Rhythm, days: Sequence[date], until: date) -> tuple[date, ...]:
    """The days after the last of `days` on which the rhythm expects one, up to `until`.

    A month's day is the one that occurred most often, the last one's if none did; in a shorter month its last day.
    """
    match rhythm:
        case Rhythm.WEEKLY:
            found = _every(timedelta(days=7), days[-1], until)
        case Rhythm.FORTNIGHTLY:
            found = _every(timedelta(days=14), days[-1], until)
        case Rhythm.MONTHLY:
            found = _monthly(days, until)
        case Rhythm.TWICE_A_MONTH:
            found = iter(sorted([*_monthly(days[::2], until), *_monthly(days[1::2], until)]))
    return tuple(found)


def _every(step: timedelta, last: date, until: date) -> Iterator[date]:
    day = last + step
    while day <= until:
        yield day
        day += step


def _monthly(days: Sequence[date], until: date) -> Iterator[date]:
    (wanted, times), *_ = Counter(day.day for day in days).most_common(1)
    wanted = wanted if times > 1 else days[-1].day
    year, month = days[-1].year, days[-1].month
    soonest = days[-1] + SOONEST
    while (day := date(year, month, min(wanted, monthrange(year, month)[1]))) <= until:
        if day >= soonest:
            yield day
        year, month = year + month // 12, month % 12 + 1


def _gaps(days: Sequence[date]) -> list[int]:
    return [(later - earlier).days for earlier, later in pairwise(days)]


def _keeps_step(days: Sequence[date], step: int) -> bool:
    """Whether no day is further than one from its turn: days that drift apart follow the calendar's months instead."""
    strays = [(day - days[0]).days - step * turn for turn, day in enumerate(days)]
    return max(strays) - min(strays) <= 1


def _within(gaps: Sequence[int], bounds: tuple[int, int]) -> bool:
    return bool(gaps) and all(bounds[0] <= gap <= bounds[1] for gap in gaps)
