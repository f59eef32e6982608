"""Sums of the general ledger by month, account and currency, from the sealed summaries of the books.

A month that a date cuts through is added up from its numbers instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from ledger.kinds import Book
from ledger.reports.summaries import month_number
from ledger.sheets.build import summarise
from ledger.sheets.heads import Head, month_of
from ledger.sheets.merge import take_rows
from ledger.sheets.parts import Amounts, Codes, Numerics, Summary, day_number
from ledger.sheets.reading import BEGINNING, END, ROWS, OpenedMonth, Part, read_sheets


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Balances:
    """One entry for each month, account and currency. Debits are ≥ 0 and credits ≤ 0, in minor units of the currency and
    of the base currency of the account's organisation; `count` is how many lines there are."""

    heads: tuple[Head, ...]
    month: NDArray[np.int64]
    account: Codes
    currency: Numerics
    debit: Amounts
    credit: Amounts
    base_debit: Amounts
    base_credit: Amounts
    count: Amounts


def read_balances(first: date | None, last: date | None) -> Balances:
    """The postings from `first` to `last`, both included, None for all, in one statement."""
    cut = {month_of(day) for day in _cut_days(first, last)}
    opened = read_sheets(
        Book.BOOKS,
        [Part.SUMMARY],
        first=month_of(first) if first else BEGINNING,
        last=month_of(last) if last else END,
        except_in=cut,
        there=ROWS,
    )
    parts = [_cut(one, first, last) if one.head.month in cut else one.summary for one in opened]
    months = np.array([month_number(one.head.month) for one in opened], np.int64)

    def joined(name: str, kind: str) -> np.ndarray:
        return np.concatenate([np.empty(0, kind), *(getattr(part, name) for part in parts)])

    return Balances(
        heads=tuple(one.head for one in opened),
        month=np.repeat(months, [len(part) for part in parts]),
        account=joined("account", "<i4"),
        currency=joined("currency", "<i2"),
        debit=joined("money_in", "<i8"),
        credit=joined("money_out", "<i8"),
        base_debit=joined("base_in", "<i8"),
        base_credit=joined("base_out", "<i8"),
        count=joined("count_in", "<i8") + joined("count_out", "<i8"),
    )


def _cut_days(first: date | None, last: date | None) -> Iterable[date]:
    if first and first.day > 1:
        yield first
    if last and (last + timedelta(days=1)).day > 1:
        yield last


def _cut(opened: OpenedMonth, first: date | None, last: date | None) -> Summary:
    numbers = opened.numbers
    kept = np.ones(len(numbers), bool)
    if first:
        kept &= numbers.day >= day_number(first)
    if last:
        kept &= numbers.day <= day_number(last)
    return summarise(take_rows(numbers, np.flatnonzero(kept)))
