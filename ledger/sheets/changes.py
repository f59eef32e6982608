"""Bringing the sheets up to date with rows that this transaction has just written, under heads that it holds."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from ledger.models import SheetPart
from ledger.queues import enqueue_rebuild
from ledger.sheets.codebook import Codebook
from ledger.sheets.heads import Head, month_of
from ledger.sheets.merge import locate, merge_rows, set_categories, set_notes
from ledger.sheets.parts import Text, Words, date_of
from ledger.sheets.reading import ROWS, OpenedMonth, open_heads
from ledger.sheets.rows import fold, read_chosen
from ledger.sheets.store import write_numbers, write_sheet
from ledger.sheets.words import add_words, words_of

Part = SheetPart.Part


def merge_changes(heads: Collection[Head], ids: Collection[UUID], codebook: Codebook) -> None:
    """Merge the transactions `ids`, as their rows now stand, into every head that is not stale.

    `heads` are all months the transactions were in or are in now.
    """
    fresh = _fresh(heads)
    if not fresh:
        return
    rows = read_chosen(list(ids), codebook)
    every = {one.bytes for one in ids}
    for month in _open_one_by_one(fresh, [*ROWS, Part.TEXT, Part.WORDS]):
        here = [row for row in rows if month_of(date_of(row.day)) == month.head.month]
        numbers, text = merge_rows(month.numbers, month.text, here, every - {row.id for row in here})
        is_only_more = len(text) == len(month.text) + len(here)
        write_sheet(month.head, numbers, text, _words(month, text, [row.text for row in here], is_only_more))


def merge_categories(heads: Collection[Head], categories: Mapping[bytes, int], transfers: Collection[int]) -> None:
    """Set these ids' category codes in every head that is not stale; the text stays as it is."""
    for month in _open_one_by_one(_fresh(heads), ROWS):
        write_numbers(month.head, set_categories(month.numbers, categories, transfers))


def merge_notes(heads: Collection[Head], notes: Mapping[bytes, tuple[str, str]]) -> None:
    """Put these ids' notes, each given as (before, now), into every head that is not stale; no sum is concerned."""
    for month in _open_one_by_one(_fresh(heads), [*ROWS, Part.TEXT, Part.WORDS, Part.SUMMARY]):
        numbers, text = set_notes(month.numbers, month.text, notes)
        here = [notes[month.numbers.id[at].tobytes()] for at in locate(month.numbers, notes.keys())]
        is_only_more = not any(before for before, _ in here)
        words = _words(month, text, {fold(now).encode() for _, now in here}, is_only_more)
        write_sheet(month.head, numbers, text, words, summary=month.summary)


def _words(month: OpenedMonth, text: Text, added: Collection[bytes], is_only_more: bool) -> Words:
    """The words of a month's new text. To look through all of it again takes long, and is needed where some went."""
    return add_words(month.words, added) if is_only_more else words_of(text)


def _open_one_by_one(heads: Collection[Head], parts: Sequence[Part]) -> Iterator[OpenedMonth]:
    # The months of a whole company are more than should be in memory at once.
    for head in heads:
        yield from open_heads([head], parts)


def _fresh(heads: Collection[Head]) -> list[Head]:
    # A stale month waits for its rebuild, which reads the rows anyway: a run's last step, or the worker.
    fresh = [head for head in heads if not head.is_stale]
    if len(fresh) < len(heads):
        enqueue_rebuild()
    return fresh
