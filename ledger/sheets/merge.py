"""A small change merged into an opened sheet. The result equals a sheet built anew from the rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ledger.sheets.build import build_numbers, build_text, in_order
from ledger.sheets.parts import Flag, Numbers, Text, columns_of, id_halves
from ledger.sheets.rows import SheetRow


def locate(numbers: Numbers, ids: Collection[bytes]) -> list[int]:
    """The positions of these ids, ascending; an id that the sheet does not hold has none."""
    firsts = np.fromiter((int.from_bytes(one[:8], "big") for one in ids), np.uint64, len(ids))
    candidates = np.flatnonzero(np.isin(id_halves(numbers.id)[0], firsts))
    return [int(at) for at in candidates if numbers.id[at].tobytes() in ids]


def take_rows(numbers: Numbers, places: NDArray[np.intp]) -> Numbers:
    """The rows at these positions, in their order."""
    return Numbers(*(column[places] for column in columns_of(numbers)))


def merge_rows(numbers: Numbers, text: Text, rows: Sequence[SheetRow], gone: Collection[bytes]) -> tuple[Numbers, Text]:
    """The sheet with `rows` written over or added, and the rows `gone` to another month left out."""
    written = {row.id for row in rows}
    kept = np.ones(len(numbers), bool)
    kept[locate(numbers, written | set(gone))] = False
    added = in_order(rows)
    columns = [
        np.concatenate([old[kept], new])
        for old, new in zip(columns_of(numbers), columns_of(build_numbers(added)), strict=True)
    ]
    joined = Numbers(*columns)
    high, low = id_halves(joined.id)
    order = np.lexsort((low, high, joined.day))
    lines = [line for line, keep in zip(lines_of(text), kept, strict=True) if keep] + [row.text for row in added]
    return take_rows(joined, order), build_text([lines[at] for at in order])


def set_categories(numbers: Numbers, categories: Mapping[bytes, int], transfers: Collection[int]) -> Numbers:
    """The numbers with new categories for these ids; the text is not concerned."""
    category, flags = numbers.category.copy(), numbers.flags.copy()
    for at in locate(numbers, categories.keys()):
        category[at] = code = categories[numbers.id[at].tobytes()]
        flags[at] = (int(flags[at]) & ~Flag.TRANSFER) | Flag.TRANSFER * (code in transfers)
    return replace(numbers, category=category, flags=flags)


def lines_of(text: Text) -> list[bytes]:
    """Each row's bytes."""
    characters, offsets = text.characters.tobytes(), text.offsets.tolist()
    return [characters[start:end] for start, end in pairwise(offsets)]
