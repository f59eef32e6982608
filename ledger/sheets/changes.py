"""Bringing the sheets up to date with rows that this transaction has just written, under heads that it holds."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from ledger.models import SheetPart
from ledger.queues import enqueue_rebuild
from ledger.sheets.codebook import Codebook
from ledger.sheets.contents import amounts_of
from ledger.sheets.heads import Head, month_of
from ledger.sheets.merge import merge_rows, set_categories
from ledger.sheets.parts import date_of
from ledger.sheets.reading import ROWS, OpenedMonth, open_heads
from ledger.sheets.rows import read_chosen
from ledger.sheets.store import write_numbers, write_sheet

Part = SheetPart.Part


def merge_changes(heads: Collection[Head], ids: Collection[UUID], codebook: Codebook) -> None:
    """Merge the transactions `ids`, as their rows now stand, into every head that is not stale.

    `heads` are all months the transactions were in or are in now.
    """
    fresh = _fresh(heads)
    if not fresh:
        return
    rows = read_chosen(list(ids), codebook)
    touched = {one.bytes for one in ids}
    for month in _open_one_by_one(fresh, [*ROWS, Part.WORDS, Part.TEXT]):
        here = [row for row in rows if month_of(date_of(row.day)) == month.head.month]
        write_sheet(month.head, amounts_of(*merge_rows(month.numbers, month.words, month.text, here, touched)))


def merge_categories(heads: Collection[Head], categories: Mapping[bytes, int], transfers: Collection[int]) -> None:
    """Set these ids' category codes in every head that is not stale; the text stays as it is."""
    for month in _open_one_by_one(_fresh(heads), ROWS):
        write_numbers(month.head, set_categories(month.numbers, categories, transfers))


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
