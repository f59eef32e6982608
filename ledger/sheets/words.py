"""A month's words, each once, and which rows hold which: an inverted index, so that a search touches the rows it finds.

What is looked for is single words or pieces of them, so a row holds it exactly if one of its words does. However it came
about, row by row or at once, the same rows make the same index.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ledger.sheets.parts import LINE_FEED, Bytes, Mask, Places, Text, Words

# So few words, and their rows, are looked for one by one, more in one pass over all.
FEW = 64
ROW_BITS = 32


def index_words(lines: Sequence[bytes]) -> tuple[Words, Text]:
    """The words of rows given as folded text, and the rows that hold each."""
    holders: dict[bytes, list[int]] = defaultdict(list)
    for row, line in enumerate(lines):
        for word in set(line.split()):
            holders[word].append(row)
    words = sorted(holders)
    counts = np.fromiter((len(holders[word]) for word in words), "<u4", len(words))
    rows = np.fromiter(chain.from_iterable(holders[word] for word in words), "<u4", int(counts.sum()))
    return _joined(words), Text(len(lines), counts, rows)


def merge_words(words: Words, text: Text, places: Places, added: Mapping[int, bytes]) -> tuple[Words, Text]:
    """The same as `index_words` after a change: `places` are where the former rows stand now, −1 for one that is gone;
    `added` are new rows' folded text by where they stand."""
    known = words.characters.tobytes().split()
    new = [(word, row) for row, line in sorted(added.items()) for word in set(line.split())]
    fresh = sorted({word for word, _ in new if not _holds(known, word)})
    every = sorted([*known, *fresh])
    moved = np.arange(len(known)) + np.searchsorted(
        [bisect_left(known, word) for word in fresh], np.arange(len(known)), "right"
    )
    rows = places[text.rows]
    # A word's number and a row's in one: two runs that are nearly in order, of which a merge sort makes one.
    entries = np.concatenate(
        [
            (np.repeat(moved, text.counts) << ROW_BITS | rows)[rows >= 0],
            np.fromiter((bisect_left(every, word) << ROW_BITS | row for word, row in new), np.int64, len(new)),
        ]
    )
    entries.sort(kind="stable")
    counts = np.bincount(entries >> ROW_BITS, minlength=len(every))
    left = list(compress(every, counts.tolist()))
    size = int((places >= 0).sum()) + len(added)
    return _joined(left), Text(size, counts[counts > 0].astype("<u4"), (entries & (1 << ROW_BITS) - 1).astype("<u4"))


def find_words(term: bytes, words: Words) -> Places:
    """The numbers of the words that a term is in, ascending."""
    characters = words.characters.tobytes()
    found, number, seen = list[int](), 0, 0
    start = characters.find(term)
    while start >= 0:
        if len(found) == FEW:
            ends = np.flatnonzero(words.characters == LINE_FEED)
            return np.unique(np.searchsorted(ends, _starts_of(term, words.characters)))
        number += characters.count(b"\n", seen, start)
        found.append(number)
        seen = start
        start = characters.find(term, characters.index(b"\n", start))
    return np.array(found, np.intp)


def rows_with(words: Places, text: Text) -> Mask:
    """The rows that hold any of these words."""
    mask = np.zeros(len(text), bool)
    if len(words) <= FEW:
        ends = np.cumsum(text.counts, dtype=np.int64)
        for word in words.tolist():
            mask[text.rows[int(ends[word]) - int(text.counts[word]) : int(ends[word])]] = True
    else:
        chosen = np.zeros(len(text.counts), bool)
        chosen[words] = True
        mask[text.rows[np.repeat(chosen, text.counts)]] = True
    return mask


def rows_with_all(found: Iterable[Places], text: Text) -> Mask:
    """The rows that hold, for each term, any of the words that it was found in."""
    mask = np.ones(len(text), bool)
    for words in found:
        mask &= rows_with(words, text)
    return mask


def _starts_of(term: bytes, characters: Bytes) -> Places:
    """Where a term begins, overlapping or not, in no order. Its first four bytes (of a short one two, or one) are compared
    as one number, and the others only where that fits: several times as fast as looking for bytes in bytes."""
    width = 4 if len(term) >= 4 else 2 if len(term) >= 2 else 1
    (head,) = np.frombuffer(term, f"<u{width}", 1)
    found = [
        np.flatnonzero(_numbers_at(characters, start, width) == head) * width + start
        for start in range(min(width, len(characters)))
    ]
    starts = np.concatenate([np.empty(0, np.intp), *found])
    starts = starts[starts <= len(characters) - len(term)]
    for place in range(width, len(term)):
        starts = starts[characters[starts + place] == term[place]]
    return starts


def _numbers_at(characters: Bytes, start: int, width: int) -> NDArray[np.unsignedinteger[Any]]:
    """The bytes from `start` on as numbers of `width` bytes each, what is left over not."""
    return np.frombuffer(characters.data, f"<u{width}", (len(characters) - start) // width, start)


def _holds(ordered: Sequence[bytes], word: bytes) -> bool:
    at = bisect_left(ordered, word)
    return at < len(ordered) and ordered[at] == word


def _joined(words: Sequence[bytes]) -> Words:
    # The empty one at the end is what the last line feed comes from.
    return Words(np.frombuffer(b"\n".join([*words, b""]), "<u1"))
