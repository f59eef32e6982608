"""Sheets made anew from their rows, a transaction a month. Derived data: nothing here is an act to record."""

from datetime import date

from django.db import transaction

from ledger.kinds import Book
from ledger.sheets.contents import read_contents
from ledger.sheets.reading import read_heads
from ledger.sheets.store import lock_heads, write_sheet


@transaction.atomic
def rebuild_month(*, book: Book, month: date) -> None:
    """Write a month's sheet from its rows, in the workspace's scope; it is no longer stale. Raises SheetsBusy."""
    head = lock_heads(book, [month])[month]
    write_sheet(head, read_contents(book, month).parts)


def list_stale_months(book: Book) -> list[date]:
    """The months whose sheets do not know of changed rows, oldest first."""
    return [head.month for head in read_heads(book) if head.is_stale]
