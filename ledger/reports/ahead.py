"""Cash in the next 13 weeks as far as the bank alone lets one know: its balance, what is pending, what repeats.

None of it has happened. Pending rows count from tomorrow, and so does what was expected by today and did not come.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from ledger.reports.moved import Moved, moved
from ledger.reports.repeats import Repeat

WEEKS = 13
WEEK = timedelta(days=7)
HORIZON = WEEKS * WEEK


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days ahead, both ends included: what is expected in them, and cash at their end."""

    first: date
    last: date
    moved: Moved
    balance: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """One currency's cash ahead, in minor units. `balances` are of the ends of today and of each day of the 13 weeks;
    `lowest` is the least of them and `lowest_on` the first day it is reached."""

    today: date
    balances: tuple[int, ...]
    weeks: tuple[Week, ...]
    lowest: int
    lowest_on: date
    pending: Moved
    repeats: tuple[Repeat, ...]

    @property
    def is_known(self) -> bool:
        """Whether there is anything to expect at all."""
        return bool(self.repeats or self.pending.count)


def look_ahead(start: int, pending: Moved, repeats: Sequence[Repeat], *, today: date) -> Ahead:
    """Cash from today's `start` on. `repeats` hold the days they are expected on, none beyond `HORIZON`."""
    tomorrow = today + timedelta(days=1)
    amounts: dict[date, list[int]] = defaultdict(list)
    amounts[tomorrow] += [pending.money_in, pending.money_out]
    for repeat in repeats:
        for day in repeat.expected:
            amounts[max(day, tomorrow)].append(repeat.amount)
    days = [tomorrow + timedelta(days=number) for number in range(HORIZON.days)]
    balances = tuple(accumulate((sum(amounts[day]) for day in days), initial=start))
    lowest = min(balances)
    return Ahead(
        today=today,
        balances=balances,
        weeks=tuple(
            Week(
                first=days[at],
                last=days[at + 6],
                moved=moved(minor for day in days[at : at + 7] for minor in amounts[day]),
                balance=balances[at + 7],
            )
            for at in range(0, len(days), 7)
        ),
        lowest=lowest,
        lowest_on=today + timedelta(days=balances.index(lowest)),
        pending=pending,
        repeats=tuple(repeats),
    )
