"""Searching a month's text finds what looking at each of its rows finds."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.reports.transactions.matching import match_text
from ledger.sheets.build import build_text

WORDS = st.text("ab\u00e9\u03b1", min_size=1, max_size=9).map(str.encode)
LINES = st.lists(WORDS, max_size=5).map(lambda words: b" ".join(words) + b"\n")


@given(lines=st.lists(LINES, max_size=12), terms=st.lists(WORDS, max_size=3))
def test_the_rows_that_hold_every_term_are_found_and_no_others(lines: list[bytes], terms: list[bytes]) -> None:
    found = match_text(terms, build_text(lines))

    assert found.tolist() == [all(term in line for term in terms) for line in lines]
