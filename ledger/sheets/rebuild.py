"""Sheets made anew from their rows, a transaction a month. Derived data: nothing here is an act to record."""

from datetime import date

from django.db import transaction

from ledger.kinds import Book
from ledger.sheets.build import build_numbers, build_text
from ledger.sheets.codebook import load_codebook
from ledger.sheets.reading import read_heads
from ledger.sheets.rows import read_month
from ledger.sheets.store import lock_heads, write_sheet
from ledger.sheets.words import words_of


@transaction.atomic
def rebuild_month(*, book: Book, month: date) -> None:
    """Write a month's sheet from its rows, in the workspace's scope; it is no longer stale. Raises SheetsBusy."""
    head = lock_heads(book, [month])[month]
    rows = read_month(book, month, load_codebook())
    text = build_text([row.text for row in rows])
    write_sheet(head, build_numbers(rows), text, words_of(text))


def list_stale_months(book: Book) -> list[date]:
    """The months whose sheets do not know of changed rows, oldest first."""
    return [head.month for head in read_heads(book) if head.is_stale]
