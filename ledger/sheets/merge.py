"""A small change merged into an opened sheet. The result equals a sheet built anew from the rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ledger.sheets.build import build_numbers, in_order
from ledger.sheets.parts import Flag, Numbers, Text, Words, columns_of, id_halves
from ledger.sheets.rows import SheetRow
from ledger.sheets.words import merge_words


def locate(numbers: Numbers, ids: Collection[bytes]) -> list[int]:
    """The positions of these ids, ascending; an id that the sheet does not hold has none. Raises LookupError for numbers
    without what stands aside."""
    if not ids:
        return []
    if len(numbers.id) != len(numbers):
        raise LookupError("the ids of these rows were not opened")
    firsts = np.sort(id_halves(np.frombuffer(b"".join(ids), "V16"))[0])
    halves = id_halves(numbers.id)[0]
    # The first half of an id nearly always tells; the whole id decides.
    nearest = firsts[np.minimum(np.searchsorted(firsts, halves), len(firsts) - 1)]
    return [at for at in np.flatnonzero(nearest == halves).tolist() if numbers.id[at].tobytes() in ids]


def take_rows(numbers: Numbers, places: NDArray[np.intp]) -> Numbers:
    """The rows at these positions, in their order; what stands aside only where it was opened."""
    return Numbers(*(column[places] if len(column) else column for column in columns_of(numbers)))


def merge_rows(
    numbers: Numbers, words: Words, text: Text, rows: Sequence[SheetRow], touched: Collection[bytes]
) -> tuple[Numbers, Words, Text]:
    """The sheet with `rows` in place of all that are `touched`: of those that are now in another month it holds none. The ids
    of `rows` are among `touched`."""
    kept = np.ones(len(numbers), bool)
    kept[locate(numbers, touched)] = False
    added = in_order(rows)
    columns = [
        np.concatenate([old[kept], new])
        for old, new in zip(columns_of(numbers), columns_of(build_numbers(added)), strict=True)
    ]
    joined = Numbers(*columns)
    high, low = id_halves(joined.id)
    order = np.lexsort((low, high, joined.day))
    places = np.empty(len(order), np.intp)
    places[order] = np.arange(len(order))
    stay = len(order) - len(added)
    moved = np.full(len(numbers), -1)
    moved[kept] = places[:stay]
    lines = {place: row.text for place, row in zip(places[stay:].tolist(), added, strict=True)}
    return take_rows(joined, order), *merge_words(words, text, moved, lines)


def set_categories(numbers: Numbers, categories: Mapping[bytes, int], transfers: Collection[int]) -> Numbers:
    """The numbers with new categories for these ids; the text is not concerned."""
    places = locate(numbers, categories.keys())
    codes = np.fromiter((categories[numbers.id[at].tobytes()] for at in places), "<i4", len(places))
    category, flags = numbers.category.copy(), numbers.flags.copy()
    category[places] = codes
    are_transfers = np.isin(codes, list(transfers)) * np.uint16(Flag.TRANSFER)
    flags[places] = flags[places] & ~np.uint16(Flag.TRANSFER) | are_transfers
    return replace(numbers, category=category, flags=flags)
