"""Searching a month's words finds what looking at each of its rows finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.sheets import words as index
from ledger.sheets.words import find_words, index_words, rows_with_all

WORDS = st.text("ab\u00e9\u03b1", min_size=1, max_size=9).map(str.encode)
LINES = st.lists(WORDS, max_size=5).map(b" ".join)


@pytest.mark.parametrize("few", [0, 64])
@given(lines=st.lists(LINES, max_size=12), terms=st.lists(WORDS, max_size=3))
def test_the_rows_that_hold_every_term_are_found_and_no_others(
    few: int, lines: list[bytes], terms: list[bytes]
) -> None:
    words, text = index_words(lines)
    with pytest.MonkeyPatch.context() as patch:
        # Word by word or in one pass, the same is found.
        patch.setattr(index, "FEW", few)
        found = rows_with_all([find_words(term, words) for term in terms], text)

    assert found.tolist() == [all(any(term in word for word in line.split()) for term in terms) for line in lines]
    assert found.dtype == np.bool_
