"""Opening sheets for reports: all parts in one statement, stale or not. A reader never rebuilds."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, cast
from uuid import UUID

from ledger.kinds import Book
from ledger.models import SheetPart
from ledger.sheets.build import build_numbers, build_text, summarise
from ledger.sheets.documents import Documents, build_documents, decode_documents
from ledger.sheets.heads import Head, label_of
from ledger.sheets.layout import SheetBroken, place_of
from ledger.sheets.parts import Numbers, Summary, Text, decode_numbers, decode_summary, decode_text
from vault.blobs import BlobKey, fetch_binary, open_blob, stream_binary

Part = SheetPart.Part

HEADS = """
    SELECT id, month, version, text_version, stale_since, written_at FROM ledger_sheethead
    WHERE book = %s AND month BETWEEN %s AND %s ORDER BY month
"""
PARTS = """
    SELECT h.id, h.month, h.version, h.text_version, h.stale_since, h.written_at, p.part, p.version, p.sealed
    FROM ledger_sheethead h LEFT JOIN ledger_sheetpart p
        ON p.workspace_id = h.workspace_id AND p.head_id = h.id
        AND p.part = ANY(CASE WHEN h.month = ANY(%s::date[]) THEN %s::text[] ELSE %s::text[] END)
    WHERE h.book = %s AND h.month BETWEEN %s AND %s
"""
PARTS_OF = "SELECT head_id, part, version, sealed FROM ledger_sheetpart WHERE head_id = ANY(%s) AND part = ANY(%s)"
BEGINNING, END = date.min, date(9999, 12, 1)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OpenedMonth:
    """A month's opened parts: those that were asked for; another one is a KeyError."""

    head: Head
    opened: Mapping[Part, Any]

    @property
    def summary(self) -> Summary:
        return cast(Summary, self.opened[Part.SUMMARY])

    @property
    def numbers(self) -> Numbers:
        return cast(Numbers, self.opened[Part.NUMBERS])

    @property
    def text(self) -> Text:
        return cast(Text, self.opened[Part.TEXT])

    @property
    def documents(self) -> Documents:
        return cast(Documents, self.opened[Part.DOCUMENTS])


def read_heads(book: Book, first: date = BEGINNING, last: date = END) -> list[Head]:
    """The heads of the months from `first` to `last`, oldest first."""
    return [Head(*row) for row in fetch_binary(HEADS, [book.value, first, last])]


def read_sheets(
    book: Book,
    parts: Sequence[Part],
    *,
    first: date = BEGINNING,
    last: date = END,
    except_in: Collection[date] = (),
    there: Sequence[Part] = (),
) -> list[OpenedMonth]:
    """The opened months from `first` to `last`, oldest first, in one statement; in the months `except_in` the parts
    `there` instead. Raises SheetBroken for a part that is missing or wrong, SealBroken for one that does not open."""
    chosen = [list(except_in), [part.value for part in there], [part.value for part in parts]]
    # Streamed, because it is faster: libpq else holds all parts in one growing block. Opened only once all are here.
    rows = list(stream_binary(PARTS + " ORDER BY h.month", [*chosen, book.value, first, last]))
    exceptions = set(except_in)
    return [
        open_month(head, contents, there if head.month in exceptions else parts) for head, contents in _by_head(rows)
    ]


def stream_sheets(
    book: Book, parts: Sequence[Part], *, first: date = BEGINNING, last: date = END
) -> Iterator[OpenedMonth]:
    """The same months newest first and one at a time, for texts, of which no two should be in memory."""
    parameters = [[], [], [part.value for part in parts], book.value, first, last]
    for head, contents in _by_head(stream_binary(PARTS + " ORDER BY h.month DESC", parameters)):
        yield open_month(head, contents, parts)


def open_heads(heads: Collection[Head], parts: Sequence[Part]) -> list[OpenedMonth]:
    """The opened parts of heads that this transaction has locked. Raises SheetBroken, SealBroken."""
    contents: dict[UUID, dict[str, tuple[int, bytes]]] = {head.id: {} for head in heads}
    for head_id, part, version, sealed in fetch_binary(PARTS_OF, [list(contents), [part.value for part in parts]]):
        contents[head_id][part] = (version, sealed)
    return [open_month(head, contents[head.id], parts) for head in heads]


def open_month(head: Head, contents: dict[str, tuple[int, bytes]], parts: Sequence[Part]) -> OpenedMonth:
    """The parts opened from (version, sealed bytes) by part. A month that nothing was written to has empty ones."""
    if head.version == 0:
        return _empty(head, parts)
    opened: dict[Part, Any] = {}
    for part in parts:
        expected = head.text_version if part == Part.TEXT else head.version
        if part.value not in contents:
            raise SheetBroken(place_of(part.value, head.month), "missing")
        version, sealed = contents[part.value]
        if version != expected:
            raise SheetBroken(place_of(part.value, head.month), "another version than the month's")
        data = open_blob(BlobKey(label_of(part.value), head.id, expected), sealed)
        opened[part] = _DECODERS[part](head.month, data)
    return OpenedMonth(head, opened)


_DECODERS = {
    Part.SUMMARY: decode_summary,
    Part.NUMBERS: decode_numbers,
    Part.TEXT: decode_text,
    Part.DOCUMENTS: decode_documents,
}


def _by_head(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Head, dict[str, tuple[int, bytes]]]]:
    for head_row, group in groupby(rows, itemgetter(slice(6))):
        yield Head(*head_row), {part: (version, sealed) for *_, part, version, sealed in group if part is not None}


def _empty(head: Head, parts: Sequence[Part]) -> OpenedMonth:
    numbers = build_numbers([])
    made = {
        Part.SUMMARY: summarise(numbers),
        Part.NUMBERS: numbers,
        Part.TEXT: build_text([]),
        Part.DOCUMENTS: build_documents([]),
    }
    return OpenedMonth(head, {part: made[part] for part in parts})
