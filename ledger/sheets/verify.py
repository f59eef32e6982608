"""Holding sheets against their rows: what a sheet should be is computed anew and compared column by column."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import transaction

from ledger.kinds import Book
from ledger.sheets.build import build_numbers, build_text, summarise
from ledger.sheets.codebook import load_codebook
from ledger.sheets.layout import SheetBroken
from ledger.sheets.parts import Columns, Numbers, Text, columns_of
from ledger.sheets.reading import ROWS, OpenedMonth, Part, open_heads, read_heads
from ledger.sheets.rows import read_month
from ledger.sheets.store import lock_heads
from ledger.sheets.words import words_of
from vault.blobs import fetch_binary
from vault.envelope import SealBroken

ROW_MONTHS = "SELECT DISTINCT date_trunc('month', date)::date FROM ledger_transaction"
PARTS = [*ROWS, Part.SUMMARY, Part.TEXT, Part.WORDS]


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
    with_rows = fetch_binary(ROW_MONTHS) if book == Book.BANK else []
    return sorted({head.month for head in read_heads(book)} | {month for (month,) in with_rows})


@transaction.atomic
def verify_month(book: Book, month: date) -> SheetVerdict:
    """Compare a month's sheet with its rows. Holds the month's head, so that nobody writes meanwhile.

    A stale sheet is not compared: it says of itself that it waits for its rebuild.
    """
    head = lock_heads(book, [month])[month]
    rows = read_month(book, month, load_codebook())
    if head.is_stale:
        return SheetVerdict(book, month, len(rows), True, ())
    try:
        (opened,) = open_heads([head], PARTS)
    except (SheetBroken, SealBroken) as broken:
        return SheetVerdict(book, month, len(rows), False, (str(broken),))
    numbers, text = build_numbers(rows), build_text([row.text for row in rows])
    return SheetVerdict(book, month, len(rows), False, _differences(opened, numbers, text))


def _differences(opened: OpenedMonth, numbers: Numbers, text: Text) -> tuple[str, ...]:
    pairs: list[tuple[str, Columns, Columns]] = [
        ("numbers", opened.numbers, numbers),
        ("summary", opened.summary, summarise(numbers)),
        ("text", opened.text, text),
        ("words", opened.words, words_of(text)),
    ]
    return tuple(
        f"{name} of {opened.head.month:%Y-%m}: {len(found)} entries differ from the {len(expected)} that the rows make"
        for name, found, expected in pairs
        if not all(map(np.array_equal, columns_of(found), columns_of(expected)))
    )
