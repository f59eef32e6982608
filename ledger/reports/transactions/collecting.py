"""All rows that a filter matches, collected from sheets month by month, and their totals."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from ledger.currencies import currency_of_numeric
from ledger.kinds import Book
from ledger.models import Counterparty
from ledger.reports.transactions.filters import TransactionFilter
from ledger.reports.transactions.matching import Mask, codes_of, match_numbers, match_text, terms_of
from ledger.reports.transactions.names import Names
from ledger.reports.transactions.pages import Totals
from ledger.reports.transactions.rows import day_of
from ledger.sheets.build import build_numbers
from ledger.sheets.heads import Head, month_of
from ledger.sheets.merge import locate, take_rows
from ledger.sheets.parts import Numbers, columns_of
from ledger.sheets.reading import BEGINNING, END, ROWS, Part, stream_sheets
from ledger.sheets.words import have_words

EVERY, NONE = np.ones(1, bool), np.zeros(1, bool)


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
    """Every row that matches, from one statement, or few where text is looked for; one month at a time.

    `thin` leaves of each month's rows what is still needed: all rows of a large company are more than a page should hold.
    """
    codes = codes_of(wanted, names, _counterparty_codes(wanted))
    heads, found, at_cursor, totals = [], [], None, list[Totals]()
    for head, numbers, mask in _months(wanted, cursor):
        heads.append(head)
        if numbers is None:
            continue
        matching = match_numbers(wanted, codes, numbers) & mask
        rows = numbers if matching.all() else take_rows(numbers, np.flatnonzero(matching))
        totals += totals_of(rows)
        found.append(thin(rows) if thin else rows)
        if cursor and (places := locate(numbers, [cursor.bytes])):
            at_cursor = take_rows(numbers, np.array(places))
    added = added_totals(totals)
    return Matches(tuple(heads), join_numbers(found), sum(one.count for one in added), added, at_cursor)


def _months(wanted: TransactionFilter, cursor: UUID | None) -> Iterator[tuple[Head, Numbers | None, Mask]]:
    """Each month's rows and which of them hold what is looked for. Of a month where none does, and which is not the
    cursor's own, only the head: a rare word is found by reading all words, and one month's text and rows."""
    first, last, terms = first_month(wanted), last_month(wanted), terms_of(wanted.text)
    if not terms:
        for month in stream_sheets(Book.BANK, ROWS, first=first, last=last):
            yield month.head, month.numbers, EVERY
        return
    heads, masks = _search(terms, first, last)
    day = day_of(cursor)
    chosen = masks.keys() | ({month_of(day)} if day else set())
    changed = set()
    for month in stream_sheets(Book.BANK, ROWS, first=first, last=last, only=chosen) if chosen else ():
        before = heads.pop(month.head.month, None)
        if before and before.text_version == month.head.text_version:
            yield month.head, month.numbers, masks.get(month.head.month, NONE)
        else:
            changed.add(month.head.month)
    # What was written between the two readings has to be read at once.
    for month in stream_sheets(Book.BANK, [*ROWS, Part.TEXT], only=changed) if changed else ():
        yield month.head, month.numbers, match_text(terms, month.text)
    for head in heads.values():
        yield head, None, NONE


def _search(terms: Collection[bytes], first: date, last: date) -> tuple[dict[date, Head], dict[date, Mask]]:
    """By month, its head, and which of its rows hold all terms, where any does."""
    heads, masks, promising = dict[date, Head](), dict[date, Mask](), set[date]()
    for month in stream_sheets(Book.BANK, [Part.WORDS], first=first, last=last):
        heads[month.head.month] = month.head
        if have_words(month.words, terms):
            promising.add(month.head.month)
    for month in stream_sheets(Book.BANK, [Part.TEXT], only=promising) if promising else ():
        heads[month.head.month] = month.head
        mask = match_text(terms, month.text)
        if mask.any():
            masks[month.head.month] = mask
        del month
    return heads, masks


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
