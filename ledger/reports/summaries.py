"""Summaries of many months laid end to end: what profit and loss, cash and the overview are computed from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ledger.kinds import Book
from ledger.sheets.heads import Head
from ledger.sheets.parts import Amounts, Bytes, Codes, Numerics, next_month
from ledger.sheets.reading import BEGINNING, END, OpenedMonth, Part, read_sheets

COLUMNS = ("month", "account", "category", "currency", "pending", "money_in", "money_out", "count")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Summaries:
    """One entry for each month, account, category, currency and pending. Amounts are minor units."""

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
    return join_summaries(read_sheets(Book.BANK, [Part.SUMMARY], first=first, last=last))


def join_summaries(opened: list[OpenedMonth]) -> Summaries:
    """The summaries of opened months; each entry carries its month's number (year × 12 + month − 1)."""
    parts = [month.summary for month in opened]
    months = [month_number(month.head.month) for month in opened]
    sizes = [len(part) for part in parts]

    def joined(name: str, kind: str) -> np.ndarray:
        return np.concatenate([np.empty(0, kind), *(getattr(part, name) for part in parts)])

    return Summaries(
        heads=tuple(month.head for month in opened),
        month=np.repeat(np.array(months, np.int64), sizes),
        account=joined("account", "<i4"),
        category=joined("category", "<i4"),
        currency=joined("currency", "<i2"),
        pending=joined("pending", "<u1"),
        money_in=joined("money_in", "<i8"),
        money_out=joined("money_out", "<i8"),
        count=joined("count_in", "<i8") + joined("count_out", "<i8"),
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


def months_back(day: date, count: int) -> date:
    """The first day of the month `count` months before a day's own."""
    number = month_number(day) - count
    return date(number // 12, number % 12 + 1, 1)
