"""Holding sheets against their rows: what a sheet should be is computed anew and compared column by column."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import transaction

from ledger.kinds import Book
from ledger.sheets.contents import Contents, months_of_rows, parts_of, read_contents
from ledger.sheets.layout import SheetBroken
from ledger.sheets.parts import columns_of
from ledger.sheets.reading import OpenedMonth, Part, open_heads, read_heads
from ledger.sheets.store import lock_heads
from vault.envelope import SealBroken


@dataclass(frozen=True, slots=True)
class SheetVerdict:
    """One month's sheet: how many rows it has, whether it knows to be behind, and what differs, in words."""

    book: Book
    month: date
    rows: int
    is_stale: bool
    differences: tuple[str, ...]


def months_to_verify(book: Book) -> list[date]:
    """Every month that has a sheet or rows, oldest first."""
    return sorted({head.month for head in read_heads(book)} | set(months_of_rows(book)))


@transaction.atomic
def verify_month(book: Book, month: date) -> SheetVerdict:
    """Compare a month's sheet with its rows. Holds the month's head, so that nobody writes meanwhile.

    A stale sheet is not compared: it says of itself that it waits for its rebuild.
    """
    head = lock_heads(book, [month])[month]
    expected = read_contents(book, month)
    if head.is_stale:
        return SheetVerdict(book, month, expected.rows, True, ())
    try:
        (opened,) = open_heads([head], parts_of(book))
    except (SheetBroken, SealBroken) as broken:
        return SheetVerdict(book, month, expected.rows, False, (str(broken),))
    return SheetVerdict(book, month, expected.rows, False, _differences(opened, expected))


def _differences(opened: OpenedMonth, expected: Contents) -> tuple[str, ...]:
    # What stands aside is opened into the numbers, and compared with them.
    parts = {part: columns for part, columns in expected.parts.items() if part != Part.ASIDE}
    pairs = [(part, opened.opened[part], columns) for part, columns in parts.items()]
    return tuple(
        f"{part} of {opened.head.month:%Y-%m}: {len(found)} entries differ from the {len(columns)} that the rows make"
        for part, found, columns in sorted(pairs, key=lambda pair: pair[0])
        if not all(map(np.array_equal, columns_of(found), columns_of(columns)))
    )
