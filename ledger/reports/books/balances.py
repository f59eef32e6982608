"""Sums of the general ledger by month, account and currency, from the sealed summaries of the books.

A month that a date cuts through is added up from its numbers instead.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ledger.kinds import Book
from ledger.reports.summaries import cut_months, months_of_rows
from ledger.sheets.build import summarise
from ledger.sheets.heads import Head, month_of
from ledger.sheets.merge import take_rows
from ledger.sheets.parts import Amounts, Codes, Numerics, Summary, day_number
from ledger.sheets.reading import BEGINNING, END, ROWS, OpenedMonth, Part, join_summaries, read_sheets, read_summaries


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
    cut = cut_months(first, last)
    from_month, to_month = month_of(first) if first else BEGINNING, month_of(last) if last else END
    if cut:
        opened = read_sheets(Book.BOOKS, [Part.SUMMARY], first=from_month, last=to_month, except_in=cut, there=ROWS)
        parts = [_cut(one, first, last) if one.head.month in cut else one.summary for one in opened]
        joined = join_summaries([one.head for one in opened], parts)
    else:
        joined = read_summaries(Book.BOOKS, from_month, to_month)
    summary = joined.summary
    return Balances(
        heads=joined.heads,
        month=months_of_rows(joined),
        account=summary.account,
        currency=summary.currency,
        debit=summary.money_in,
        credit=summary.money_out,
        base_debit=summary.base_in,
        base_credit=summary.base_out,
        count=summary.count_in + summary.count_out,
    )


def _cut(opened: OpenedMonth, first: date | None, last: date | None) -> Summary:
    numbers = opened.numbers
    kept = np.ones(len(numbers), bool)
    if first:
        kept &= numbers.day >= day_number(first)
    if last:
        kept &= numbers.day <= day_number(last)
    return summarise(take_rows(numbers, np.flatnonzero(kept)))
