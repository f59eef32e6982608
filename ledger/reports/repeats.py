"""What repeats in the rows of the last months, so that it can be expected again. Pages state the rule in words:

- one account, one counterparty, one direction; several rows on a day count as one;
- amounts within a twentieth of each other; what the same counterparty is paid in other amounts is looked at apart;
- a rhythm of `ledger.reports.rhythms`, the last time being no longer ago than that rhythm allows;
- not a move between two of the accounts looked at, and no counterparty with more than `MOST` rows.

Pending rows count as times that it happened: they are that payment. Amounts are signed minor units.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ledger.reports.movements import Rows
from ledger.reports.rhythms import HALF_MONTH_GAP, MONTHLY_GAP, WEEKLY_GAP, Rhythm, expect_days, find_rhythm
from ledger.reports.summaries import among
from ledger.sheets.parts import date_of, day_number

LEAST, MOST = 3, 24
# At most this many twentieths of the smallest; a fraction, so that amounts stay whole.
STABLE, TWENTIETHS = 21, 20
APART = timedelta(days=4)
LONGEST = timedelta(days=MONTHLY_GAP[1] + 7)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Something that repeats. `days` are those on which it happened, `amounts` what it was on each; `expected` the days
    ahead on which it should happen again, of which the first may be overdue. `account`, `counterparty` are codes."""

    account: int
    counterparty: int
    rhythm: Rhythm
    days: tuple[date, ...]
    amounts: tuple[int, ...]
    expected: tuple[date, ...]

    @property
    def amount(self) -> int:
        """What is expected each time: the amount of the last time."""
        return self.amounts[-1]

    @property
    def total(self) -> int:
        """What is expected altogether."""
        return self.amount * len(self.expected)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Times:
    """Times that something happened: a group's own are together, by day."""

    group: Ints
    day: Ints
    account: Ints
    counterparty: Ints
    minor: Ints
    is_transfer: NDArray[np.bool_]


def find_repeats(rows: Rows, accounts: Collection[int], *, today: date, until: date) -> tuple[Repeat, ...]:
    """What repeats on some accounts of one currency, with the days it is expected on up to `until`, the next ones first."""
    times = _merge_days(_stable_groups(rows, accounts))
    found = []
    for start, end in _regular(times, today):
        days = tuple(date_of(day) for day in times.day[start:end].tolist())
        rhythm = find_rhythm(days)
        expected = expect_days(rhythm, days, until) if rhythm else ()
        if not rhythm or not expected or expected[0] + rhythm.grace < today:
            continue
        if times.is_transfer[start:end].all() and _is_between(rows, accounts, times, start, end):
            continue
        amounts = tuple(times.minor[start:end].tolist())
        found.append(Repeat(int(times.account[start]), int(times.counterparty[start]), rhythm, days, amounts, expected))
    return tuple(sorted(found, key=lambda one: (one.expected[0], one.amount)))


def _stable_groups(rows: Rows, accounts: Collection[int]) -> _Times:
    """The rows whose counterparty is neither rare nor busy, in groups of like amounts."""
    chosen = np.flatnonzero(among(rows.account, accounts) & (rows.counterparty > 0) & (rows.minor != 0))
    # In place, as these are all rows of some months; the rest is about few of them.
    pair = rows.counterparty[chosen].astype(np.int64)
    pair *= max(accounts, default=0) + 1
    pair += rows.account[chosen]
    pair *= 2
    pair += rows.minor[chosen] < 0
    counts = np.bincount(pair)
    some = np.flatnonzero(((counts >= LEAST) & (counts <= MOST))[pair])
    pair, chosen = pair[some], chosen[some]
    size = np.abs(rows.minor[chosen])
    order = _order_by(size, pair)
    pair, size, chosen = pair[order], size[order], chosen[order]
    group = np.cumsum(_starts(pair) | _jumps(size), dtype=np.int64)
    # Most amounts are alone: what is left to sort by day is little.
    often = np.flatnonzero(np.bincount(group)[group] >= LEAST) if len(group) else group
    group, chosen = group[often], chosen[often]
    order = _order_by(rows.day[chosen], group)
    group, chosen = group[order], chosen[order]
    return _Times(
        group,
        rows.day[chosen].astype(np.int64),
        rows.account[chosen].astype(np.int64),
        rows.counterparty[chosen].astype(np.int64),
        rows.minor[chosen],
        rows.is_transfer[chosen],
    )


def _merge_days(times: _Times) -> _Times:
    """A group's rows of one day as one time, with their sum."""
    first = np.flatnonzero(_starts(times.group) | _starts(times.day))
    return _Times(
        times.group[first],
        times.day[first],
        times.account[first],
        times.counterparty[first],
        np.add.reduceat(times.minor, first) if len(first) else times.minor,
        times.is_transfer[first],
    )


def _regular(times: _Times, today: date) -> Iterator[tuple[int, int]]:
    """The groups that may follow a rhythm, from where to where: often and lately enough, steady in amount and in time."""
    if not len(times.group):
        return
    starts = np.flatnonzero(_starts(times.group))
    ends = np.append(starts[1:], len(times.group))
    size, gap = np.abs(times.minor), np.diff(times.day, prepend=0)
    smallest, largest = np.minimum.reduceat(size, starts), np.maximum.reduceat(size, starts)
    # What lies before a group's first time is no gap of it: it takes that of the second, and a lone time has none.
    gap[starts] = gap[np.minimum(starts + 1, len(gap) - 1)]
    shortest, longest = np.minimum.reduceat(gap, starts), np.maximum.reduceat(gap, starts)
    often = (ends - starts > LEAST) & (shortest >= WEEKLY_GAP[0]) & (longest <= HALF_MONTH_GAP[1])
    monthly = (ends - starts >= LEAST) & (shortest >= MONTHLY_GAP[0]) & (longest <= MONTHLY_GAP[1])
    fit = (often | monthly) & (largest * TWENTIETHS <= smallest * STABLE)
    fit &= times.day[ends - 1] >= day_number(today - LONGEST)
    yield from zip(starts[fit].tolist(), ends[fit].tolist(), strict=True)


def _is_between(rows: Rows, accounts: Collection[int], times: _Times, start: int, end: int) -> bool:
    """Whether each time has its other side on another of the accounts, within some days."""
    return all(_has_other_side(rows, accounts, times, at) for at in range(start, end))


def _has_other_side(rows: Rows, accounts: Collection[int], times: _Times, at: int) -> bool:
    others = np.flatnonzero(rows.minor == -times.minor[at])
    account, day = rows.account[others], rows.day[others]
    is_near = np.abs(day - times.day[at]) <= APART.days
    return bool((among(account, accounts) & (account != times.account[at]) & is_near).any())


def _order_by(*keys: NDArray[Any]) -> NDArray[np.intp]:
    """Places in the order of whole numbers ≥ 0, the last of the keys first. Sixteen bits at a time: of these numpy's stable
    sort is a radix sort, several times as fast as its `lexsort`."""
    order = np.arange(len(keys[0]))
    for key in keys:
        for shift in range(0, int(key.max(initial=0)).bit_length(), 16):
            order = order[np.argsort((key >> shift).astype(np.uint16)[order], kind="stable")]
    return order


def _starts(values: Ints) -> NDArray[np.bool_]:
    """Where another value begins than the one before."""
    changes = np.ones(len(values), bool)
    changes[1:] = values[1:] != values[:-1]
    return changes


def _jumps(size: Ints) -> NDArray[np.bool_]:
    """Where ascending sizes leap by more than a stable amount varies."""
    leaps = np.zeros(len(size), bool)
    leaps[1:] = size[1:] * TWENTIETHS > size[:-1] * STABLE
    return leaps
