"""Summaries of many months laid end to end: what profit and loss, cash and the overview are computed from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ledger.kinds import Book
from ledger.sheets import reading
from ledger.sheets.heads import Head, month_of
from ledger.sheets.parts import Amounts, Bytes, Codes, Numerics, last_of_month, next_month
from ledger.sheets.reading import BEGINNING, END, JoinedSummaries, OpenedMonth

COLUMNS = ("month", "account", "category", "currency", "pending", "money_in", "money_out", "count")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Summaries:
    """One entry for each month (by number), account, category, currency and pending. Amounts are minor units."""

    heads: tuple[Head, ...]
    month: NDArray[np.int64]
    account: Codes
    category: Codes
    currency: Numerics
    pending: Bytes
    money_in: Amounts
    money_out: Amounts
    count: Amounts

    @property
    def net(self) -> Amounts:
        return self.money_in + self.money_out

    @property
    def is_posted(self) -> NDArray[np.bool_]:
        return np.asarray(self.pending == 0, np.bool_)

    def where(self, mask: NDArray[np.bool_]) -> "Summaries":
        """The entries that a mask keeps, with the heads of all."""
        columns = {name: getattr(self, name)[mask] for name in COLUMNS}
        return Summaries(heads=self.heads, **columns)


def read_summaries(first: date = BEGINNING, last: date = END) -> Summaries:
    """The bank book's summaries of the months from `first` to `last`, in one query."""
    return _summaries(reading.read_summaries(Book.BANK, first, last))


def join_summaries(opened: Sequence[OpenedMonth]) -> Summaries:
    """The summaries of months that were opened."""
    return _summaries(reading.join_summaries([month.head for month in opened], [month.summary for month in opened]))


def months_of_rows(joined: JoinedSummaries) -> NDArray[np.int64]:
    """The number of each row's month (year × 12 + month − 1)."""
    return np.repeat(np.array([month_number(head.month) for head in joined.heads], np.int64), joined.sizes)


def _summaries(joined: JoinedSummaries) -> Summaries:
    summary = joined.summary
    return Summaries(
        heads=joined.heads,
        month=months_of_rows(joined),
        account=summary.account,
        category=summary.category,
        currency=summary.currency,
        pending=summary.pending,
        money_in=summary.money_in,
        money_out=summary.money_out,
        count=summary.count_in + summary.count_out,
    )


def among(values: Codes, codes: Collection[int]) -> NDArray[np.bool_]:
    """Which are of these codes: a table look-up, as codes are small and rows many."""
    table = np.zeros(max(codes, default=0) + 2, np.bool_)
    table[list(codes)] = True
    return np.asarray(table[np.minimum(values, len(table) - 1)], np.bool_)


def month_number(month: date) -> int:
    return month.year * 12 + month.month - 1


def months_between(first: date, last: date) -> tuple[date, ...]:
    """The first days of the months from `first`'s to `last`'s."""
    months, month = [], first.replace(day=1)
    while month <= last:
        months.append(month)
        month = next_month(month)
    return tuple(months)


def cut_months(first: date | None, last: date | None) -> set[date]:
    """The months that a time from `first` to `last`, both included, has only a part of. None has no end on that side."""
    cut = {month_of(first)} if first and first.day > 1 else set()
    return cut | {month_of(last)} if last and last != last_of_month(last) else cut


def months_back(day: date, count: int) -> date:
    """The first day of the month `count` months before a day's own."""
    number = month_number(day) - count
    return date(number // 12, number % 12 + 1, 1)
