"""A month's words, each once: a search looks through them before it reads texts, most of which hold no rare word.

What is looked for is single words or pieces of them, so a text holds it exactly if one of its words does.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from ledger.sheets.parts import Text, Words


def words_of(text: Text) -> Words:
    """The words of all rows, removed ones included."""
    return _joined(set(text.characters.tobytes().split()))


def add_words(words: Words, lines: Iterable[bytes]) -> Words:
    """The same as `words_of` where nothing but these bytes was added to the text."""
    # Few against many that are in order: to look them up and sort anew what nearly is takes a quarter of a set's time.
    known = words.characters.tobytes().split()
    return _joined([*known, *(word for word in set(b"\n".join(lines).split()) if not _holds(known, word))])


def have_words(words: Words, terms: Iterable[bytes]) -> bool:
    """Whether each term is in one of the words."""
    characters = words.characters.tobytes()
    return all(term in characters for term in terms)


def _holds(ordered: Sequence[bytes], word: bytes) -> bool:
    at = bisect_left(ordered, word)
    return at < len(ordered) and ordered[at] == word


def _joined(words: Collection[bytes]) -> Words:
    # The empty one at the end is what the last line feed comes from.
    return Words(np.frombuffer(b"\n".join([*sorted(words), b""]), "<u1"))
