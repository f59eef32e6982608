"""A page's ids out of all matches: a partition at the cursor's place instead of a sort of everything."""

from uuid import UUID

import numpy as np

from ledger.currencies import currency_of_numeric
from ledger.reports.transactions.collecting import Matches
from ledger.reports.transactions.filters import Order
from ledger.sheets.codebook import counterparty_names
from ledger.sheets.parts import Amounts, Numbers, id_halves

DESCENDING = (Order.NEWEST, Order.LARGEST)
LAST = np.iinfo(np.int64).max


def page_of(matches: Matches, order: Order, size: int) -> list[UUID]:
    """The ids of the first `size` matches after the cursor's row, in order; fewer at the end.

    Rows are ordered by (key, id), so that equal keys have one order too. A cursor whose row is in no sheet is the
    beginning.
    """
    ranks = _ranks() if order == Order.COUNTERPARTY else None
    key, high, low = _keys(matches.rows, order, ranks)
    candidates = np.arange(len(key))
    if matches.cursor is not None:
        (at,), (at_high,), (at_low,) = _keys(matches.cursor, order, ranks)
        later_id = (high > at_high) | ((high == at_high) & (low > at_low))
        candidates = np.flatnonzero((key > at) | ((key == at) & later_id))
    if len(candidates) > size:
        furthest = np.partition(key[candidates], size - 1)[size - 1]
        candidates = candidates[key[candidates] <= furthest]
    chosen = candidates[np.lexsort((low[candidates], high[candidates], key[candidates]))][:size]
    return [UUID(bytes=one.tobytes()) for one in matches.rows.id[chosen]]


def _keys(numbers: Numbers, order: Order, ranks: Amounts | None) -> tuple[Amounts, np.ndarray, np.ndarray]:
    """Key and id of each row as numbers that ascend in the order wanted."""
    high, low = id_halves(numbers.id)
    if ranks is not None:
        return ranks[numbers.counterparty], high, low
    key = numbers.day.astype(np.int64) if order in (Order.NEWEST, Order.OLDEST) else _sizes(numbers)
    return (-key, ~high, ~low) if order in DESCENDING else (key, high, low)


def _sizes(numbers: Numbers) -> Amounts:
    """Amounts on one scale, four decimals, whatever their currency's; beyond int64 they are held at its end."""
    sizes = numbers.minor.copy()
    for numeric in np.unique(numbers.currency).tolist():
        factor = 10 ** (4 - currency_of_numeric(numeric).exponent)
        here = numbers.currency == numeric
        sizes[here] = np.clip(sizes[here], -LAST // factor, LAST // factor) * factor
    return sizes


def _ranks() -> Amounts:
    """By counterparty code, the place of its name among all; rows with none come last."""
    names = counterparty_names()
    ranks = np.full(max(names, default=0) + 1, LAST)
    for rank, code in enumerate(sorted(names, key=lambda code: names[code].casefold())):
        ranks[code] = rank
    return ranks
