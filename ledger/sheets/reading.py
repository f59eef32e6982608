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
from ledger.sheets.build import build_numbers, summarise
from ledger.sheets.documents import Documents, build_documents, decode_documents
from ledger.sheets.heads import Head, label_of
from ledger.sheets.layout import Column, SheetBroken, place_of
from ledger.sheets.parts import (
    Numbers,
    Summary,
    Text,
    Words,
    complete,
    decode_aside,
    decode_numbers,
    decode_summaries,
    decode_summary,
    decode_text,
    decode_words,
    join_parts,
)
from ledger.sheets.words import index_words
from vault.blobs import BlobKey, fetch_binary, open_blob, stream_blobs

Part = SheetPart.Part
# All there is of the rows but their text.
ROWS = (Part.NUMBERS, Part.ASIDE)
# Parts of some kilobytes: to ask for them one by one takes longer than they do.
SMALL = frozenset([Part.SUMMARY])

HEADS = """
    SELECT id, month, version, text_version, stale_since, written_at FROM ledger_sheethead WHERE book = %s ORDER BY month
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
    """A month's opened parts: those that were asked for; another one is a KeyError. What stands aside is in the numbers
    where both were asked for."""

    head: Head
    opened: Mapping[Part, Any]

    @property
    def summary(self) -> Summary:
        return cast(Summary, self.opened[Part.SUMMARY])

    @property
    def numbers(self) -> Numbers:
        return cast(Numbers, self.opened[Part.NUMBERS])

    @property
    def ids(self) -> Column:
        """The rows' ids, where what stands aside was asked for by itself."""
        return cast(Column, self.opened[Part.ASIDE][0])

    @property
    def text(self) -> Text:
        return cast(Text, self.opened[Part.TEXT])

    @property
    def words(self) -> Words:
        return cast(Words, self.opened[Part.WORDS])

    @property
    def documents(self) -> Documents:
        return cast(Documents, self.opened[Part.DOCUMENTS])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class JoinedSummaries:
    """Summaries of months laid end to end, oldest first: `sizes` are how many rows each month has."""

    heads: tuple[Head, ...]
    sizes: tuple[int, ...]
    summary: Summary


def read_heads(book: Book) -> list[Head]:
    """The heads of all months, oldest first."""
    return [Head(*row) for row in fetch_binary(HEADS, [book.value])]


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
    asked = PARTS + " ORDER BY h.month", [*chosen, book.value, first, last]
    exceptions = set(except_in)

    def opened(rows: Iterable[tuple[Any, ...]]) -> list[OpenedMonth]:
        return [
            open_month(head, contents, there if head.month in exceptions else parts)
            for head, contents in _by_head(rows)
        ]

    if SMALL.issuperset([*parts, *(there if exceptions else ())]):
        return opened(fetch_binary(*asked))
    # Streamed, because libpq else holds all parts in one growing block, and so that a month is opened while the database
    # reads the next ones.
    with stream_blobs(*asked) as rows:
        return opened(rows)


def read_summaries(book: Book, first: date, last: date) -> JoinedSummaries:
    """The summaries of the months from `first` to `last`, in one statement. Raises SheetBroken, SealBroken."""
    rows = fetch_binary(PARTS + " ORDER BY h.month", [[], [], [Part.SUMMARY.value], book.value, first, last])
    months = list(_by_head(rows))
    written = [(head, contents) for head, contents in months if head.written_at is not None]
    sizes, summary = decode_summaries(
        [(head.month, _bytes_of(head, contents, Part.SUMMARY)) for head, contents in written]
    )
    rows_of = dict(zip((head.id for head, _ in written), sizes, strict=True))
    heads = tuple(head for head, _ in months)
    return JoinedSummaries(heads, tuple(rows_of.get(head.id, 0) for head in heads), summary)


def join_summaries(heads: Sequence[Head], parts: Sequence[Summary]) -> JoinedSummaries:
    """The summaries of these months, which were opened or made one by one, laid end to end."""
    return JoinedSummaries(tuple(heads), tuple(map(len, parts)), join_parts(summarise(build_numbers([])), parts))


def stream_sheets(
    book: Book,
    parts: Sequence[Part],
    *,
    first: date = BEGINNING,
    last: date = END,
    only: Collection[date] | None = None,
) -> Iterator[OpenedMonth]:
    """The same months, or `only` some of them, newest first and one at a time: no two months of a large company's rows or
    texts should be in memory."""
    statement, parameters = PARTS, [[], [], [part.value for part in parts], book.value, first, last]
    if only is not None:
        statement, parameters = PARTS + " AND h.month = ANY(%s::date[])", [*parameters, list(only)]
    with stream_blobs(statement + " ORDER BY h.month DESC", parameters) as rows:
        for head, contents in _by_head(rows):
            month = open_month(head, contents, parts)
            # Nothing of this month should be kept while the next one comes.
            contents.clear()
            yield month
            del month


def open_heads(heads: Collection[Head], parts: Sequence[Part]) -> list[OpenedMonth]:
    """The opened parts of heads that this transaction has locked. Raises SheetBroken, SealBroken."""
    contents: dict[UUID, dict[str, tuple[int, bytes]]] = {head.id: {} for head in heads}
    for head_id, part, version, sealed in fetch_binary(PARTS_OF, [list(contents), [part.value for part in parts]]):
        contents[head_id][part] = (version, sealed)
    return [open_month(head, contents[head.id], parts) for head in heads]


def open_month(head: Head, contents: dict[str, tuple[int, bytes]], parts: Sequence[Part]) -> OpenedMonth:
    """The parts opened from (version, sealed bytes) by part. A month that nothing was written to, or only in
    a layout of old, has empty ones."""
    if head.written_at is None:
        return _empty(head, parts)
    opened: dict[Part, Any] = {part: _DECODERS[part](head.month, _bytes_of(head, contents, part)) for part in parts}
    if Part.ASIDE in opened and Part.NUMBERS in opened:
        opened[Part.NUMBERS] = complete(head.month, opened[Part.NUMBERS], opened.pop(Part.ASIDE))
    return OpenedMonth(head, opened)


def _bytes_of(head: Head, contents: Mapping[str, tuple[int, bytes]], part: Part) -> memoryview:
    expected = head.version if part in (Part.SUMMARY, Part.NUMBERS) else head.text_version
    if part.value not in contents:
        raise SheetBroken(place_of(part.value, head.month), "missing")
    version, sealed = contents[part.value]
    if version != expected:
        raise SheetBroken(place_of(part.value, head.month), "another version than the month's")
    return open_blob(BlobKey(label_of(part.value), head.id, expected), sealed)


_DECODERS = {
    Part.SUMMARY: decode_summary,
    Part.NUMBERS: decode_numbers,
    Part.ASIDE: decode_aside,
    Part.TEXT: decode_text,
    Part.WORDS: decode_words,
    Part.DOCUMENTS: decode_documents,
}


def _by_head(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Head, dict[str, tuple[int, bytes]]]]:
    for head_row, group in groupby(rows, itemgetter(slice(6))):
        yield Head(*head_row), {part: (version, sealed) for *_, part, version, sealed in group if part is not None}


def _empty(head: Head, parts: Sequence[Part]) -> OpenedMonth:
    numbers = build_numbers([])
    words, text = index_words([])
    made: dict[Part, Any] = {
        Part.SUMMARY: summarise(numbers),
        Part.NUMBERS: numbers,
        Part.TEXT: text,
        Part.WORDS: words,
        Part.DOCUMENTS: build_documents([]),
    }
    if Part.NUMBERS not in parts:
        made[Part.ASIDE] = (numbers.id, numbers.base_minor)
    return OpenedMonth(head, {part: made[part] for part in parts if part in made})
