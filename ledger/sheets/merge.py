"""A small change merged into an opened sheet. The result equals a sheet built anew from the rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ledger.sheets.build import build_numbers, build_text, build_text_of_lengths, in_order
from ledger.sheets.parts import Flag, Numbers, Text, columns_of, id_halves
from ledger.sheets.rows import SheetRow, replace_note


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
    sources = np.concatenate([np.flatnonzero(kept), len(text) + np.arange(len(added))])
    return take_rows(joined, order), arrange_lines(text, [row.text for row in added], sources[order])


def set_categories(numbers: Numbers, categories: Mapping[bytes, int], transfers: Collection[int]) -> Numbers:
    """The numbers with new categories for these ids; the text is not concerned."""
    places = locate(numbers, categories.keys())
    codes = np.fromiter((categories[numbers.id[at].tobytes()] for at in places), "<i4", len(places))
    category, flags = numbers.category.copy(), numbers.flags.copy()
    category[places] = codes
    are_transfers = np.isin(codes, list(transfers)) * np.uint16(Flag.TRANSFER)
    flags[places] = flags[places] & ~np.uint16(Flag.TRANSFER) | are_transfers
    return replace(numbers, category=category, flags=flags)


def set_notes(numbers: Numbers, text: Text, notes: Mapping[bytes, tuple[str, str]]) -> tuple[Numbers, Text]:
    """The sheet with new notes for these ids, each given as the note before and the note now."""
    places = locate(numbers, notes.keys())
    changed = [notes[numbers.id[at].tobytes()] for at in places]
    flags = numbers.flags.copy()
    have_notes = np.fromiter((bool(now) for _, now in changed), "<u2", len(places)) * np.uint16(Flag.HAS_NOTE)
    flags[places] = flags[places] & ~np.uint16(Flag.HAS_NOTE) | have_notes
    lines = [replace_note(line_at(text, at), *notes_of) for at, notes_of in zip(places, changed, strict=True)]
    order = np.arange(len(text))
    order[places] = len(text) + np.arange(len(lines))
    return replace(numbers, flags=flags), arrange_lines(text, lines, order)


def arrange_lines(text: Text, added: Sequence[bytes], order: NDArray[np.intp]) -> Text:
    """The rows of `text`, by their number, and those `added`, numbered on from them, in another order.

    What stays together is copied in one piece, so that a small change to a large text is cheap.
    """
    if not len(order):
        return build_text([])
    size = len(text)
    starts = np.flatnonzero((np.diff(order, prepend=-2) != 1) | (order >= size))
    firsts, lasts = order[starts], order[np.append(starts[1:], len(order)) - 1]
    lengths = np.concatenate([np.diff(text.offsets), np.fromiter(map(len, added), "<u4", len(added))])
    characters, offsets = text.characters.data, text.offsets.tolist()
    pieces = [
        characters[offsets[first] : offsets[last + 1]] if first < size else added[first - size]
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    ]
    return build_text_of_lengths(lengths[order], b"".join(pieces))


def line_at(text: Text, at: int) -> bytes:
    """One row's bytes."""
    return text.characters[int(text.offsets[at]) : int(text.offsets[at + 1])].tobytes()
