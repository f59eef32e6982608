"""All rows that a filter matches, collected from sheets month by month, and their totals."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import numpy as np

from ledger.currencies import currency_of_numeric
from ledger.kinds import Book
from ledger.models import Counterparty
from ledger.reports.transactions.filters import TransactionFilter
from ledger.reports.transactions.matching import codes_of, match_numbers, terms_of
from ledger.reports.transactions.names import Names
from ledger.reports.transactions.pages import Totals
from ledger.reports.transactions.rows import day_of
from ledger.sheets.build import build_numbers
from ledger.sheets.heads import Head, month_of
from ledger.sheets.merge import locate, take_rows
from ledger.sheets.parts import Mask, Numbers, Places, Words, join_parts, numerics_in
from ledger.sheets.reading import BEGINNING, END, ROWS, Part, stream_sheets
from ledger.sheets.words import find_words, rows_with_all

EVERY, NONE = np.ones(1, bool), np.zeros(1, bool)
Thin = Callable[[Numbers], Places]


class _RowsMoved(Exception):
    """A month was written between two readings of it."""


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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Found:
    """Rows of one month and where in it they stand."""

    head: Head
    places: Places
    rows: Numbers

    def take(self, chosen: Places) -> "_Found":
        return _Found(self.head, self.places[chosen], take_rows(self.rows, chosen))


def collect_matches(
    wanted: TransactionFilter, names: Names, cursor: UUID | None = None, thinning: Callable[[], Thin] | None = None
) -> Matches:
    """Every row that matches, from one statement, or few where text is looked for; one month at a time.

    `thinning` makes what chooses of rows those that are still needed: all rows of a large company are more than a page
    should hold. Ids are then read of the months that have any of these; where those were written meanwhile, all begins anew.
    """
    if thinning is None or cursor is not None:
        return _collect(wanted, names, cursor, None, ROWS)
    try:
        return _collect(wanted, names, None, thinning(), [Part.NUMBERS])
    except _RowsMoved:
        return _collect(wanted, names, None, thinning(), ROWS)


def _collect(
    wanted: TransactionFilter, names: Names, cursor: UUID | None, thin: Thin | None, parts: Sequence[Part]
) -> Matches:
    codes = codes_of(wanted, names, _counterparty_codes(wanted))
    heads, found, at_cursor, totals = [], list[_Found](), None, list[Totals]()
    for head, numbers, mask in _months(wanted, cursor, parts):
        heads.append(head)
        if numbers is None:
            continue
        matching = match_numbers(wanted, codes, numbers) & mask
        rows = _Found(head, np.flatnonzero(matching), numbers)
        rows = rows if matching.all() else _Found(head, rows.places, take_rows(numbers, rows.places))
        totals += totals_of(rows.rows)
        found.append(rows.take(thin(rows.rows)) if thin else rows)
        if cursor and (places := locate(numbers, [cursor.bytes])):
            at_cursor = take_rows(numbers, np.array(places))
    if thin:
        found = _thin_all(found, thin)
    if Part.ASIDE not in parts:
        found = _with_ids(found)
    added = added_totals(totals)
    rows_of_all = join_numbers(one.rows for one in found)
    return Matches(tuple(heads), rows_of_all, sum(one.count for one in added), added, at_cursor)


def _thin_all(found: Sequence[_Found], thin: Thin) -> list[_Found]:
    """What is needed of all months together; months of which nothing is are left out."""
    chosen = thin(join_numbers(one.rows for one in found))
    ends = np.cumsum([len(one.places) for one in found])
    parts = np.split(chosen, np.searchsorted(chosen, ends))
    starts = (0, *ends.tolist())
    return [one.take(part - start) for one, part, start in zip(found, parts, starts, strict=False) if len(part)]


def _with_ids(found: Sequence[_Found]) -> list[_Found]:
    """The same rows with their ids. Raises _RowsMoved when they may stand elsewhere by now."""
    by_month = {one.head.month: one for one in found}
    named = []
    for month in stream_sheets(Book.BANK, [Part.ASIDE], only=by_month) if by_month else ():
        one = by_month.pop(month.head.month)
        if month.head.text_version != one.head.text_version:
            raise _RowsMoved
        named.append(replace(one, rows=replace(one.rows, id=month.ids[one.places])))
    if by_month:
        raise _RowsMoved
    return named


def _months(
    wanted: TransactionFilter, cursor: UUID | None, parts: Sequence[Part]
) -> Iterator[tuple[Head, Numbers | None, Mask]]:
    """Each month's rows and which of them hold what is looked for. Of a month where none does, and which is not the
    cursor's own, only the head: a rare word is found by reading all words, and one month's text and rows."""
    first, last, terms = first_month(wanted), last_month(wanted), terms_of(wanted.text)
    if not terms:
        for month in stream_sheets(Book.BANK, parts, first=first, last=last):
            yield month.head, month.numbers, EVERY
        return
    heads, masks = _search(terms, first, last)
    day = day_of(cursor)
    chosen = masks.keys() | ({month_of(day)} if day else set())
    changed = set()
    for month in stream_sheets(Book.BANK, parts, first=first, last=last, only=chosen) if chosen else ():
        before = heads.pop(month.head.month, None)
        mask = masks.get(month.head.month, NONE)
        if before and before.text_version == month.head.text_version:
            yield month.head, month.numbers, mask
        else:
            changed.add(month.head.month)
    # What was written between two of the readings has to be read at once.
    for month in stream_sheets(Book.BANK, [*parts, Part.WORDS, Part.TEXT], only=changed) if changed else ():
        yield month.head, month.numbers, rows_with_all([find_words(term, month.words) for term in terms], month.text)
    for head in heads.values():
        yield head, None, NONE


def _search(terms: Collection[bytes], first: date, last: date) -> tuple[dict[date, Head], dict[date, Mask]]:
    """By month, its head, and which of its rows hold all terms, where any does. A month that was written between the two
    readings has no rows here and the head of the first: who reads its rows sees that they are others."""
    heads, masks, promising = dict[date, Head](), dict[date, Mask](), dict[date, list[Places]]()
    for month in stream_sheets(Book.BANK, [Part.WORDS], first=first, last=last):
        heads[month.head.month] = month.head
        found = list(_find_all(terms, month.words))
        if len(found) == len(terms):
            promising[month.head.month] = found
    for month in stream_sheets(Book.BANK, [Part.TEXT], only=promising) if promising else ():
        day, before = month.head.month, heads[month.head.month]
        if month.head.text_version != before.text_version:
            masks[day] = NONE
            continue
        mask = rows_with_all(promising[day], month.text)
        if mask.any():
            masks[day] = mask
    return heads, masks


def _find_all(terms: Collection[bytes], words: Words) -> Iterator[Places]:
    """The words that hold each term, up to the first that none does."""
    for term in terms:
        if not len(found := find_words(term, words)):
            return
        yield found


def totals_of(numbers: Numbers) -> tuple[Totals, ...]:
    """Count, money in and money out by currency, by code."""
    totals, numerics = [], numerics_in(numbers.currency)
    for numeric in numerics:
        minor = numbers.minor if len(numerics) == 1 else numbers.minor[numbers.currency == numeric]
        money_out = int(np.minimum(minor, 0).sum())
        totals.append(Totals(currency_of_numeric(numeric).code, len(minor), int(minor.sum()) - money_out, money_out))
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
    return join_parts(build_numbers([]), parts)


def first_month(wanted: TransactionFilter) -> date:
    return month_of(wanted.first) if wanted.first else BEGINNING


def last_month(wanted: TransactionFilter) -> date:
    return month_of(wanted.last) if wanted.last else END


def _counterparty_codes(wanted: TransactionFilter) -> list[int]:
    if not wanted.counterparties:
        return []
    return list(Counterparty.objects.filter(id__in=wanted.counterparties).values_list("code", flat=True))
