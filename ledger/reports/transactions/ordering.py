"""A page's ids out of all matches: a partition at the cursor's place instead of a sort of everything."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ledger.currencies import currency_of_numeric
from ledger.reports.transactions.collecting import Matches, Thin
from ledger.reports.transactions.filters import Order
from ledger.sheets.codebook import counterparty_names
from ledger.sheets.layout import Column
from ledger.sheets.parts import Amounts, Numbers, Places, id_halves, least, most, numerics_in

Halves = NDArray[np.uint64]

DESCENDING = (Order.NEWEST, Order.LARGEST)
LAST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sorting:
    """Key and id of each row as numbers that ascend in the order wanted. Ids are looked at only where keys are equal.

    `ranks` are the places of counterparties' names by code, where these decide; of a code beyond the last one, the last.
    """

    order: Order
    ranks: Amounts | None
    backwards: bool = False

    def page_of(self, matches: Matches, size: int) -> list[UUID]:
        """The ids of the first `size` matches after the cursor's row, in order; fewer at the end.

        Rows are ordered by (key, id), so that equal keys have one order too. A cursor whose row is in no sheet is the
        beginning. `backwards` gives those before it, the nearest first.
        """
        key = self.key(matches.rows)
        places = np.arange(len(key)) if matches.cursor is None else self.after(matches.cursor, matches.rows, key)
        chosen = self.first(matches.rows, key, places, size)
        return [UUID(bytes=one.tobytes()) for one in matches.rows.id[chosen]]

    def thinning(self, size: int) -> Thin:
        """What tells the places of the rows that can be among the first `size` of all it was ever shown, whatever their
        ids: those of equal keys stay."""
        furthest: int | None = None

        def thin(rows: Numbers) -> Places:
            nonlocal furthest
            key = self.key(rows)
            places = np.arange(len(key)) if furthest is None else np.flatnonzero(key <= furthest)
            if len(places) >= size:
                places = nearest(key, places, size)
                furthest = int(key[places].max())
            return places

        return thin

    @property
    def descends(self) -> bool:
        return (self.order in DESCENDING) != self.backwards

    def key(self, rows: Numbers) -> Amounts:
        if self.ranks is not None:
            # A counterparty may have come between the reading of the names and that of the rows.
            key = self.ranks[np.minimum(rows.counterparty, len(self.ranks) - 1)]
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
        places = nearest(key, places, size)
        high, low = self._halves(rows.id[places])
        return places[np.lexsort((low, high, key[places]))][:size]

    def _halves(self, ids: Column) -> tuple[Halves, Halves]:
        high, low = id_halves(ids)
        return (~high, ~low) if self.descends else (high, low)


def sorting_of(order: Order) -> Sorting:
    """How rows are sorted in an order; where names decide it, from one query that opens them all."""
    return Sorting(order, _ranks() if order == Order.COUNTERPARTY else None)


def nearest(key: Amounts, places: Places, size: int) -> Places:
    """Of these places those with the `size` least keys, and with keys that equal the last of them."""
    if len(places) <= size:
        return places
    keys = key[places]
    found: Places = places[keys <= np.partition(keys, size - 1)[size - 1]]
    return found


def _sizes(numbers: Numbers) -> Amounts:
    """Amounts on one scale, four decimals, whatever their currency's; beyond int64 they are held at its end."""
    numerics = numerics_in(numbers.currency)
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
    """By counterparty code, the place of its name among all. Rows with none come last, and so do codes beyond the list."""
    names = counterparty_names()
    ranks = np.full(max(names, default=0) + 2, LAST)
    for rank, code in enumerate(sorted(names, key=lambda code: names[code].casefold())):
        ranks[code] = rank
    return ranks
