"""A page's ids out of all matches: a partition at the cursor's place instead of a sort of everything."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ledger.currencies import currency_of_numeric
from ledger.reports.transactions.collecting import Matches, Places, Thin, numerics_of
from ledger.reports.transactions.filters import Order
from ledger.sheets.codebook import counterparty_names
from ledger.sheets.layout import Column
from ledger.sheets.parts import Amounts, Numbers, id_halves, least, most

Halves = NDArray[np.uint64]

DESCENDING = (Order.NEWEST, Order.LARGEST)
LAST = np.iinfo(np.int64).max


def page_of(matches: Matches, order: Order, size: int, *, backwards: bool = False) -> list[UUID]:
    """The ids of the first `size` matches after the cursor's row, in order; fewer at the end.

    Rows are ordered by (key, id), so that equal keys have one order too. A cursor whose row is in no sheet is the
    beginning. `backwards` gives those before it, the nearest first.
    """
    sorting = _Sorting(_ranks() if order == Order.COUNTERPARTY else None, order, backwards)
    key = sorting.key(matches.rows)
    places = np.arange(len(key)) if matches.cursor is None else sorting.after(matches.cursor, matches.rows, key)
    chosen = sorting.first(matches.rows, key, places, size)
    return [UUID(bytes=one.tobytes()) for one in matches.rows.id[chosen]]


def thinning(order: Order, size: int) -> Thin:
    """What tells the places of the rows that can be among the first `size` of all it was ever shown, whatever their ids:
    those of equal keys stay."""
    sorting = _Sorting(_ranks() if order == Order.COUNTERPARTY else None, order, False)
    furthest: int | None = None

    def thin(rows: Numbers) -> Places:
        nonlocal furthest
        key = sorting.key(rows)
        places = np.arange(len(key)) if furthest is None else np.flatnonzero(key <= furthest)
        if len(places) >= size:
            places = _nearest(key, places, size)
            furthest = int(key[places].max())
        return places

    return thin


@dataclass(frozen=True, slots=True)
class _Sorting:
    """Key and id of each row as numbers that ascend in the order wanted. Ids are looked at only where keys are equal."""

    ranks: Amounts | None
    order: Order
    backwards: bool

    @property
    def descends(self) -> bool:
        return (self.order in DESCENDING) != self.backwards

    def key(self, rows: Numbers) -> Amounts:
        if self.ranks is not None:
            key = self.ranks[rows.counterparty]
        else:
            key = rows.day.astype(np.int64) if self.order in (Order.NEWEST, Order.OLDEST) else _sizes(rows)
        return ~key if self.descends else key

    def after(self, cursor: Numbers, rows: Numbers, key: Amounts) -> Places:
        """The places of the rows that come after the cursor's."""
        (at,) = self.key(cursor)
        ((at_high,), (at_low,)) = self._halves(cursor.id)
        equal = np.flatnonzero(key == at)
        high, low = self._halves(rows.id[equal])
        later = equal[(high > at_high) | ((high == at_high) & (low > at_low))]
        return np.concatenate([np.flatnonzero(key > at), later])

    def first(self, rows: Numbers, key: Amounts, places: Places, size: int) -> Places:
        """The first `size` of these places: a partition, and a sort of no more than have to be sorted."""
        places = _nearest(key, places, size)
        high, low = self._halves(rows.id[places])
        return places[np.lexsort((low, high, key[places]))][:size]

    def _halves(self, ids: Column) -> tuple[Halves, Halves]:
        high, low = id_halves(ids)
        return (~high, ~low) if self.descends else (high, low)


def _nearest(key: Amounts, places: Places, size: int) -> Places:
    """Of these places those with the `size` least keys, and with keys that equal the last of them."""
    if len(places) <= size:
        return places
    keys = key[places]
    nearest: Places = places[keys <= np.partition(keys, size - 1)[size - 1]]
    return nearest


def _sizes(numbers: Numbers) -> Amounts:
    """Amounts on one scale, four decimals, whatever their currency's; beyond int64 they are held at its end."""
    numerics = numerics_of(numbers)
    if len(numerics) == 1:
        return _scaled(numbers.minor, numerics[0])
    sizes = numbers.minor.copy()
    for numeric in numerics:
        here = numbers.currency == numeric
        sizes[here] = _scaled(sizes[here], numeric)
    return sizes


def _scaled(minor: Amounts, numeric: int) -> Amounts:
    factor = 10 ** (4 - currency_of_numeric(numeric).exponent)
    bound = LAST // factor
    is_within = least(minor, initial=0) >= -bound and most(minor, initial=0) <= bound
    scaled: Amounts = (minor if is_within else np.clip(minor, -bound, bound)) * factor
    return scaled


def _ranks() -> Amounts:
    """By counterparty code, the place of its name among all; rows with none come last."""
    names = counterparty_names()
    ranks = np.full(max(names, default=0) + 1, LAST)
    for rank, code in enumerate(sorted(names, key=lambda code: names[code].casefold())):
        ranks[code] = rank
    return ranks
