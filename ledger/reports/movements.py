"""What moved on some accounts after a day: whole months from summaries, the rest of a month from the rows in its numbers.

Amounts are signed minor units, + into the account; each account is taken in its own currency only.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ledger.kinds import Book
from ledger.reports.summaries import Summaries, among, join_summaries, month_number
from ledger.sheets.parts import Amounts, Codes, Flag, Numbers, day_number, last_of_month
from ledger.sheets.reading import OpenedMonth, Part, read_sheets

ELSEWHERE = -1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rows:
    """Rows that were not removed, by day: of some accounts, in the months whose numbers were opened."""

    day: Codes
    account: Codes
    counterparty: Codes
    minor: Amounts
    is_pending: NDArray[np.bool_]
    is_transfer: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Movements:
    """`summaries` are of all months. `rows` are of `row_months` alone, which are few: they are what grows."""

    summaries: Summaries
    rows: Rows
    row_months: frozenset[date]

    def posted_after(self, accounts: Collection[int], days: Sequence[date]) -> list[int]:
        """The posted net of these accounts after each day. A day that is not its month's last has to be in a month
        whose rows were opened."""
        cut = {day.replace(day=1) for day in days if not _ends_month(day)}
        if not cut <= self.row_months:
            raise LookupError("the rows of this month were not opened")
        here = among(self.summaries.account, accounts) & self.summaries.is_posted
        month, net = self.summaries.month[here], self.summaries.net[here]
        later = {number: int(net[month > number].sum()) for number in {month_number(day) for day in days}}
        rest = self._rest_of_month(accounts, days) if cut else [0] * len(days)
        return [later[month_number(day)] + moved for day, moved in zip(days, rest, strict=True)]

    def _rest_of_month(self, accounts: Collection[int], days: Sequence[date]) -> list[int]:
        """The posted net after each day to the end of its month."""
        rows = self.rows
        mine = among(rows.account, accounts) & ~rows.is_pending
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.where(mine, rows.minor, 0))])
        after = np.searchsorted(rows.day, [day_number(each) for each in days], side="right")
        until = np.searchsorted(rows.day, [day_number(last_of_month(each)) for each in days], side="right")
        rest: list[int] = (sums[until] - sums[after]).tolist()
        return rest


def read_movements(currencies: Mapping[int, int], row_months: Collection[date]) -> Movements:
    """All summaries and the rows of `row_months` in one query. `currencies` maps each account's code to the number of its
    currency; rows and entries of other accounts, or in another currency, are left out."""
    months = frozenset(row_months)
    opened = read_sheets(Book.BANK, [Part.SUMMARY], except_in=months, there=[Part.SUMMARY, Part.NUMBERS])
    wanted = np.full(max(currencies, default=0) + 2, ELSEWHERE, np.int16)
    for code, numeric in currencies.items():
        wanted[code] = numeric
    rows = [month for month in opened if month.head.month in months]
    return Movements(_in_own_currency(join_summaries(opened), wanted), _join_rows(rows, wanted), months)


def _in_own_currency(summaries: Summaries, wanted: NDArray[np.int16]) -> Summaries:
    return summaries.where(_match(summaries.account, summaries.currency, wanted))


def _join_rows(opened: Sequence[OpenedMonth], wanted: NDArray[np.int16]) -> Rows:
    kept = [(month.numbers, _wanted_rows(month.numbers, wanted)) for month in opened]

    def joined(name: str, kind: str) -> np.ndarray:
        parts = (getattr(numbers, name) if mask.all() else getattr(numbers, name)[mask] for numbers, mask in kept)
        return np.concatenate([np.empty(0, kind), *parts])

    flags = joined("flags", "<u2")
    return Rows(
        day=joined("day", "<i4"),
        account=joined("account", "<i4"),
        counterparty=joined("counterparty", "<i4"),
        minor=joined("minor", "<i8"),
        is_pending=np.asarray((flags & Flag.PENDING) != 0, np.bool_),
        is_transfer=np.asarray((flags & Flag.TRANSFER) != 0, np.bool_),
    )


def _wanted_rows(numbers: Numbers, wanted: NDArray[np.int16]) -> NDArray[np.bool_]:
    is_there = (numbers.flags & Flag.REMOVED) == 0
    return np.asarray(is_there & _match(numbers.account, numbers.currency, wanted), np.bool_)


def _match(account: Codes, currency: np.ndarray, wanted: NDArray[np.int16]) -> NDArray[np.bool_]:
    # A code beyond the list is an account that is not wanted: the list's last entry says so.
    return np.asarray(wanted[np.minimum(account, len(wanted) - 1)] == currency, np.bool_)


def _ends_month(day: date) -> bool:
    return day == last_of_month(day)
