"""All rows that a filter matches, collected from sheets month by month, and their totals."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from ledger.currencies import currency_of_numeric
from ledger.kinds import Book
from ledger.models import Counterparty
from ledger.reports.transactions.filters import TransactionFilter
from ledger.reports.transactions.matching import codes_of, match_numbers, match_text, terms_of
from ledger.reports.transactions.names import Names
from ledger.reports.transactions.pages import Totals
from ledger.sheets.build import build_numbers
from ledger.sheets.heads import Head, month_of
from ledger.sheets.merge import locate, take_rows
from ledger.sheets.parts import Numbers, columns_of
from ledger.sheets.reading import BEGINNING, END, Part, stream_sheets


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Matches:
    """Matching rows, the heads they were looked for in, and the row that the cursor names, matching or not.

    `count` and `totals` are of all that match, also of those that `rows` was thinned of.
    """

    heads: tuple[Head, ...]
    rows: Numbers
    count: int
    totals: tuple[Totals, ...]
    cursor: Numbers | None


def collect_matches(
    wanted: TransactionFilter,
    names: Names,
    cursor: UUID | None = None,
    thin: Callable[[Numbers], Numbers] | None = None,
) -> Matches:
    """Every row that matches, from one statement; a text is held for one month at a time.

    `thin` leaves of each month's rows what is still needed: all rows of a large company are more than a page should hold.
    """
    terms = terms_of(wanted.text)
    codes = codes_of(wanted, names, _counterparty_codes(wanted))
    parts = [Part.NUMBERS, Part.TEXT] if terms else [Part.NUMBERS]
    heads, found, at_cursor, totals = [], [], None, list[Totals]()
    for month in stream_sheets(Book.BANK, parts, first=first_month(wanted), last=last_month(wanted)):
        heads.append(month.head)
        mask = match_numbers(wanted, codes, month.numbers)
        if terms:
            mask &= match_text(terms, month.text)
        rows = month.numbers if mask.all() else take_rows(month.numbers, np.flatnonzero(mask))
        totals += totals_of(rows)
        found.append(thin(rows) if thin else rows)
        if cursor and (places := locate(month.numbers, [cursor.bytes])):
            at_cursor = take_rows(month.numbers, np.array(places))
    added = added_totals(totals)
    return Matches(tuple(heads), join_numbers(found), sum(one.count for one in added), added, at_cursor)


def totals_of(numbers: Numbers) -> tuple[Totals, ...]:
    """Count, money in and money out by currency, by code."""
    totals = []
    for numeric in np.flatnonzero(np.bincount(numbers.currency)).tolist():
        here = numbers.currency == numeric
        minor = numbers.minor if here.all() else numbers.minor[here]
        money_in, money_out = int(np.maximum(minor, 0).sum()), int(np.minimum(minor, 0).sum())
        totals.append(Totals(currency_of_numeric(numeric).code, len(minor), money_in, money_out))
    return tuple(sorted(totals, key=lambda one: one.currency))


def added_totals(totals: Iterable[Totals]) -> tuple[Totals, ...]:
    """One for each currency, by code."""
    by_currency: dict[str, Totals] = {}
    for one in totals:
        so_far = by_currency.get(one.currency, Totals(one.currency, 0, 0, 0))
        by_currency[one.currency] = Totals(
            one.currency,
            so_far.count + one.count,
            so_far.money_in + one.money_in,
            so_far.money_out + one.money_out,
        )
    return tuple(by_currency[currency] for currency in sorted(by_currency))


def join_numbers(parts: Iterable[Numbers]) -> Numbers:
    """Rows of several sheets, one after the other."""
    columns = zip(*(columns_of(part) for part in (build_numbers([]), *parts)), strict=True)
    return Numbers(*(np.concatenate(column) for column in columns))


def first_month(wanted: TransactionFilter) -> date:
    return month_of(wanted.first) if wanted.first else BEGINNING


def last_month(wanted: TransactionFilter) -> date:
    return month_of(wanted.last) if wanted.last else END


def _counterparty_codes(wanted: TransactionFilter) -> list[int]:
    if not wanted.counterparties:
        return []
    return list(Counterparty.objects.filter(id__in=wanted.counterparties).values_list("code", flat=True))
