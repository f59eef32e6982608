"""All rows that a filter matches, collected from sheets month by month, and their totals."""

from collections.abc import Iterable
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
    """Matching rows, the heads they were looked for in, and the row that the cursor names, matching or not."""

    heads: tuple[Head, ...]
    rows: Numbers
    cursor: Numbers | None


def collect_matches(wanted: TransactionFilter, names: Names, cursor: UUID | None = None) -> Matches:
    """Every row that matches, from one statement; a text is held for one month at a time."""
    terms = terms_of(wanted.text)
    codes = codes_of(wanted, names, _counterparty_codes(wanted))
    parts = [Part.NUMBERS, Part.TEXT] if terms else [Part.NUMBERS]
    heads, found, at_cursor = [], [], None
    for month in stream_sheets(Book.BANK, parts, first=first_month(wanted), last=last_month(wanted)):
        heads.append(month.head)
        mask = match_numbers(wanted, codes, month.numbers)
        if terms:
            mask &= match_text(terms, month.text)
        found.append(take_rows(month.numbers, np.flatnonzero(mask)))
        if cursor and (places := locate(month.numbers, [cursor.bytes])):
            at_cursor = take_rows(month.numbers, np.array(places))
    return Matches(tuple(heads), join_numbers(found), at_cursor)


def totals_of(numbers: Numbers) -> tuple[Totals, ...]:
    """Count, money in and money out by currency, by code."""
    totals = []
    for numeric in np.unique(numbers.currency).tolist():
        minor = numbers.minor[numbers.currency == numeric]
        money_in, money_out = int(minor[minor > 0].sum()), int(minor[minor < 0].sum())
        totals.append(Totals(currency_of_numeric(numeric).code, len(minor), money_in, money_out))
    return tuple(sorted(totals, key=lambda one: one.currency))


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
