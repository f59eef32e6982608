"""Layout 3 of a sheet's part: a table of named columns as bytes, and the strict way back.

    offset  size  what (all integers little-endian)
    0       8     magic "CFSHEET\\0"
    8       2     layout version, 3
    10      2     part: 1 summary, 2 numbers, 3 text, 4 aside, 5 words, 6 documents
    12      4     month: year × 12 + month − 1
    16      4     rows, or words
    20      4     columns
    24      40×n  directory, one entry a column: name (16, ASCII, zero-filled), type (4, ASCII, zero-filled),
                  bytes of a stored value (4), base (8, signed), length in bytes (8)
    …             the columns' bytes in the directory's order, each zero-filled to a multiple of 8

Types are numpy's: `V16` sixteen raw bytes, `i2` `i4` `i8` signed, `u2` `u4` unsigned, `u1` raw bytes. Whole numbers may be
packed (frame of reference): a value is the column's base, its least, plus an unsigned number of 1, 2 or 4 bytes, or of
none where all rows have the same. What does not fit into four is stored as it is, with the base 0; a column of any length
has that base always, and so has one that is `grounded`. Nothing may follow the last column. A reader takes exactly the
columns its part has, in their order, and refuses everything else.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"CFSHEET\0"
VERSION = 3
HEADER = struct.Struct("<8sHHIII")
ENTRY = struct.Struct("<16s4sIqQ")
ENTRY_HEAD = 20
WIDTHS = (1, 2, 4)
ZEROS = bytes(8)
ALIGNMENT = 8
FRAMES = 1024

Column = NDArray[Any]


class SheetBroken(ValueError):
    """A sheet's part is not what it should be. Names the place, never the content."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column's name and its little-endian numpy type. It has one element a row, or where it is `free` any number.

    `packed` columns, of whole numbers, take the bytes that their values need. Free ones are read as they are stored: in a
    type that may be narrower. `grounded` ones are packed too, from 0 on: nothing in their directory tells an amount, so that
    it may be kept between two reports.
    """

    name: str
    type: str
    free: bool = False
    packed: bool = False
    grounded: bool = False


@dataclass(frozen=True)
class PartSpec:
    """What a part is called, its number in the header, and its columns in order."""

    name: str
    number: int
    columns: tuple[ColumnSpec, ...]

    @cached_property
    def directory(self) -> struct.Struct:
        """All entries at once: a report reads dozens of parts, each with a dozen columns."""
        return struct.Struct("<" + f"{ENTRY_HEAD}sIqQ" * len(self.columns))

    @cached_property
    def entry_heads(self) -> tuple[bytes, ...]:
        """The name and type that each entry begins with."""
        return tuple(
            ENTRY.pack(column.name.encode(), column.type.encode(), 0, 0, 0)[:ENTRY_HEAD] for column in self.columns
        )

    @cached_property
    def elements(self) -> tuple[tuple[ColumnSpec, np.dtype[Any], frozenset[int]], ...]:
        """Each column with its type and the bytes that a stored value may have."""
        return tuple((column, _element(column.type), _widths(column)) for column in self.columns)

    @cached_property
    def frame_of(self) -> Callable[[int, bytes], "Frame | None"] | None:
        """What a part of so many rows and with such a directory looks like, None if there is none; where columns have bases
        or are free, nothing says so."""
        if any(column.packed or column.free for column in self.columns):
            return None
        return lru_cache(maxsize=FRAMES)(partial(_frame, self))


@dataclass(frozen=True, slots=True)
class Frame:
    """How wide each column's values are, where it begins and ends, where zeros fill it up (from, to), all these zeros, and a
    part's size in bytes."""

    columns: tuple[tuple[int, int, int], ...]
    gaps: tuple[tuple[int, int], ...]
    filling: bytes
    size: int


def encode_part(spec: PartSpec, month: date, rows: int, columns: Sequence[Column]) -> bytes:
    """The bytes of a part. Raises TypeError for columns that are not of the spec's types and lengths."""
    header = HEADER.pack(MAGIC, VERSION, spec.number, _month_number(month), rows, len(spec.columns))
    directory, data = [], []
    for column_spec, column in zip(spec.columns, columns, strict=True):
        _check(column_spec, column, rows)
        is_packed = column_spec.packed or column_spec.grounded
        stored, width, base = _packed(column_spec, column) if is_packed else (column, column.itemsize, 0)
        content = stored.tobytes()
        directory.append(_entry(column_spec, width, base, len(content)))
        data += [content, bytes(-len(content) % ALIGNMENT)]
    return b"".join([header, *directory, *data])


def decode_part(spec: PartSpec, month: date, data: bytes | memoryview) -> tuple[int, list[Column]]:
    """The number of rows and the columns, most of them read-only views of `data`. Raises SheetBroken for anything unexpected."""
    rows = _read_header(spec, month, data)
    if frame := _frame_as_expected(spec, rows, data):
        places = zip(spec.elements, frame.columns, strict=True)
        return rows, [
            _widened(element, width, data[start:end], rows) for (_, element, _), (width, start, end) in places
        ]
    position, size = HEADER.size + spec.directory.size, len(data)
    columns = []
    entries = _read_directory(spec, month, data)
    for (column, element, widths), width, base, length in zip(spec.elements, *entries, strict=True):
        if width not in widths or (base and (column.free or column.grounded or width == element.itemsize)):
            raise _broken(spec, month, f"column {column.name} is packed in another way")
        if length % width if column.free else length != rows * width:
            raise _broken(spec, month, f"column {column.name} does not have one value a row")
        end = position + length
        padding = -length % ALIGNMENT
        if size < end + padding:
            raise _broken(spec, month, f"column {column.name} is cut off")
        if padding and data[end : end + padding] != ZEROS[:padding]:
            raise _broken(spec, month, f"column {column.name} is not followed by zeros")
        is_whole = width == element.itemsize
        stored = element if is_whole else _element(f"u{width or 1}")
        found = np.frombuffer(data, stored, length // width, position) if width else np.zeros(rows, stored)
        columns.append(found if column.free or is_whole else _unpacked(spec, month, element, found, base))
        position = end + padding
    if size != position:
        raise _broken(spec, month, "there is more than its columns")
    return rows, columns


def decode_alike(spec: PartSpec, parts: Sequence[tuple[date, bytes | memoryview]]) -> tuple[list[int], list[Column]]:
    """How many rows each of several months' parts has, and their columns laid end to end. Raises SheetBroken as `decode_part`.

    A report reads dozens of parts: as arrays of their own their columns would take longer than all the rest of it.
    """
    sizes, pieces = list[int](), [list[tuple[int, Any]]() for _ in spec.columns]
    for month, data in parts:
        rows = _read_header(spec, month, data)
        frame = _frame_as_expected(spec, rows, data)
        if frame:
            found = [(width, data[start:end]) for width, start, end in frame.columns]
        else:
            found = [(column.itemsize, column.data) for column in decode_part(spec, month, data)[1]]
        sizes.append(rows)
        for piece, column in zip(pieces, found, strict=True):
            piece.append(column)
    return sizes, [_joined(element, piece, sizes) for (_, element, _), piece in zip(spec.elements, pieces, strict=True)]


def place_of(part: str, month: date) -> str:
    """A part in words, for what goes wrong with it."""
    return f"{part} of {month:%Y-%m}"


def _read_header(spec: PartSpec, month: date, data: bytes | memoryview) -> int:
    if len(data) < HEADER.size:
        raise _broken(spec, month, "the header is cut off")
    magic, version, number, month_number, rows, columns = HEADER.unpack_from(data)
    if magic != MAGIC:
        raise _broken(spec, month, "not a month sheet")
    if version != VERSION:
        raise _broken(spec, month, "a layout that this program does not know")
    if number != spec.number:
        raise _broken(spec, month, "another part")
    if month_number != _month_number(month):
        raise _broken(spec, month, "another month")
    if columns != len(spec.columns):
        raise _broken(spec, month, "another number of columns")
    return int(rows)


def _frame_as_expected(spec: PartSpec, rows: int, data: bytes | memoryview) -> Frame | None:
    """A report reads dozens of parts with a dozen columns each: what is as expected is seen at once."""
    if spec.frame_of is None:
        return None
    frame = spec.frame_of(rows, bytes(data[HEADER.size : HEADER.size + spec.directory.size]))
    if frame is None or len(data) != frame.size:
        return None
    filling = b"".join([data[start:end] for start, end in frame.gaps])
    return frame if filling == frame.filling else None


def _joined(element: np.dtype[Any], pieces: Sequence[tuple[int, Any]], sizes: Sequence[int]) -> Column:
    """A column of several parts, each of whose values is so wide: most often all alike."""
    if len({width for width, _ in pieces}) > 1:
        each = zip(pieces, sizes, strict=True)
        return np.concatenate([_widened(element, width, data, rows) for (width, data), rows in each])
    return _widened(element, pieces[0][0] if pieces else 0, b"".join(data for _, data in pieces), sum(sizes))


def _widened(element: np.dtype[Any], width: int, data: bytes | memoryview, rows: int) -> Column:
    """The values of a column without base, in its own type."""
    if width == element.itemsize:
        return np.frombuffer(data, element)
    return np.frombuffer(data, _element(f"u{width}")).astype(element) if width else np.zeros(rows, element)


def _read_directory(spec: PartSpec, month: date, data: bytes | memoryview) -> tuple[tuple[int, ...], ...]:
    """The columns' widths, bases and lengths in bytes."""
    if len(data) < HEADER.size + spec.directory.size:
        raise _broken(spec, month, "the column directory is cut off")
    found = spec.directory.unpack_from(data, HEADER.size)
    if found[0::4] != spec.entry_heads:
        pairs = zip(spec.columns, found[0::4], spec.entry_heads, strict=True)
        astray = next(column for column, head, expected in pairs if head != expected)
        raise _broken(spec, month, f"column {astray.name} is not where it should be")
    return found[1::4], found[2::4], found[3::4]


def _broken(spec: PartSpec, month: date, reason: str) -> SheetBroken:
    return SheetBroken(place_of(spec.name, month), reason)


def _frame(spec: PartSpec, rows: int, directory: bytes) -> Frame | None:
    if len(directory) != spec.directory.size:
        return None
    found = spec.directory.unpack(directory)
    position = HEADER.size + spec.directory.size
    columns, gaps = [], []
    entries = zip(spec.elements, found[0::4], found[1::4], found[2::4], found[3::4], spec.entry_heads, strict=True)
    for (_, _, widths), head, width, base, length, expected in entries:
        if head != expected or width not in widths or base or length != rows * width:
            return None
        columns.append((width, position, position + length))
        position += length
        if padding := -length % ALIGNMENT:
            gaps.append((position, position + padding))
        position += padding
    return Frame(tuple(columns), tuple(gaps), bytes(sum(end - start for start, end in gaps)), position)


def _check(spec: ColumnSpec, column: Column, rows: int) -> None:
    if column.dtype != _element(spec.type) and not (spec.free and np.can_cast(column.dtype, spec.type)):
        raise TypeError(f"{spec.name} is {column.dtype}")
    if not spec.free and len(column) != rows:
        raise TypeError(f"{spec.name} has {len(column)} values")


def _packed(spec: ColumnSpec, column: Column) -> tuple[Column, int, int]:
    """A column as it is stored, the bytes of a value, and the base."""
    if not len(column):
        return column.astype(_element(spec.type)), _element(spec.type).itemsize, 0
    own = _element(spec.type).itemsize
    least, most = int(column.min()), int(column.max())
    base = 0 if spec.free or spec.grounded else least
    if least == most == base and not spec.free:
        return column[:0], 0, base
    fits = (width for width in WIDTHS if width < own and base <= least and most - base < 1 << 8 * width)
    width = next(fits, own)
    if width == own:
        return column.astype(_element(spec.type)), own, 0
    return (column - column.dtype.type(base)).astype(f"<u{width}"), width, base


def _unpacked(spec: PartSpec, month: date, element: np.dtype[Any], added: Column, base: int) -> Column:
    try:
        values: Column = np.add(added, element.type(base), dtype=element, casting="same_kind")
    except OverflowError:
        raise _broken(spec, month, "a base is beyond its column's type") from None
    return values


def _entry(spec: ColumnSpec, width: int, base: int, length: int) -> bytes:
    return ENTRY.pack(spec.name.encode(), spec.type.encode(), width, base, length)


def _widths(spec: ColumnSpec) -> frozenset[int]:
    own = _element(spec.type).itemsize
    is_packed = spec.packed or spec.grounded
    packed = [width for width in WIDTHS if width < own] if is_packed else []
    # How many a free column has is told by their bytes: there must be some.
    none = [0] if is_packed and not spec.free else []
    return frozenset([own, *packed, *none])


@cache
def _element(type_name: str) -> np.dtype[Any]:
    # Not `newbyteorder`: its types are numpy's own no more, and some of its ways take twenty times as long with them.
    return np.dtype(f"<{type_name}")


def _month_number(month: date) -> int:
    return month.year * 12 + month.month - 1
