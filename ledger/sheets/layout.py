"""Layout 1 of a sheet's part: a table of named columns as bytes, and the strict way back.

    offset  size  what (all integers little-endian)
    0       8     magic "CFSHEET\\0"
    8       2     layout version, 1
    10      2     part: 1 summary, 2 numbers, 3 text
    12      4     month: year × 12 + month − 1
    16      4     rows
    20      4     columns
    24      32×n  directory, one entry a column: name (16, ASCII, zero-filled), type (4, ASCII, zero-filled),
                  unused (4, zero), length in bytes (8)
    …             the columns' bytes in the directory's order, each zero-filled to a multiple of 8

Types are numpy's: `V16` sixteen raw bytes, `i2` `i4` `i8` signed, `u2` `u4` unsigned, `u1` raw bytes. Nothing may
follow the last column. A reader takes exactly the columns its part has, in their order, and refuses everything else.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"CFSHEET\0"
VERSION = 1
HEADER = struct.Struct("<8sHHIII")
ENTRY = struct.Struct("<16s4sIQ")
ENTRY_HEAD = ENTRY.size - 8
ALIGNMENT = 8

Column = NDArray[Any]


class SheetBroken(ValueError):
    """A sheet's part is not what it should be. Names the place, never the content."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column's name, its little-endian numpy type, and how many elements it has for `rows` rows.

    `extra` elements are added to one a row; None means that the length is the column's own.
    """

    name: str
    type: str
    extra: int | None = 0


@dataclass(frozen=True, slots=True)
class PartSpec:
    """What a part is called, its number in the header, and its columns in order."""

    name: str
    number: int
    columns: tuple[ColumnSpec, ...]


def encode_part(spec: PartSpec, month: date, rows: int, columns: Sequence[Column]) -> bytes:
    """The bytes of a part. Raises TypeError for columns that are not of the spec's types and lengths."""
    header = HEADER.pack(MAGIC, VERSION, spec.number, _month_number(month), rows, len(spec.columns))
    directory, data = [], []
    for column_spec, column in zip(spec.columns, columns, strict=True):
        content = _as_stored(column_spec, column, rows)
        directory.append(_entry(column_spec, len(content)))
        data += [content, bytes(-len(content) % ALIGNMENT)]
    return b"".join([header, *directory, *data])


def decode_part(spec: PartSpec, month: date, data: bytes) -> tuple[int, list[Column]]:
    """The number of rows and the columns, read-only views of `data`. Raises SheetBroken for anything unexpected."""
    place = f"{spec.name} of {month:%Y-%m}"
    rows = _read_header(spec, month, data, place)
    position = HEADER.size + ENTRY.size * len(spec.columns)
    if len(data) < position:
        raise SheetBroken(place, "the column directory is cut off")
    columns = []
    for index, column_spec in enumerate(spec.columns):
        length = _read_entry(column_spec, data, index, rows, place)
        end = position + length
        padding = -length % ALIGNMENT
        if len(data) < end + padding:
            raise SheetBroken(place, f"column {column_spec.name} is cut off")
        if padding and any(data[end : end + padding]):
            raise SheetBroken(place, f"column {column_spec.name} is not followed by zeros")
        element = _element(column_spec.type)
        columns.append(np.frombuffer(data, element, length // element.itemsize, position))
        position = end + padding
    if len(data) != position:
        raise SheetBroken(place, "there is more than its columns")
    return rows, columns


def _read_header(spec: PartSpec, month: date, data: bytes, place: str) -> int:
    if len(data) < HEADER.size:
        raise SheetBroken(place, "the header is cut off")
    magic, version, number, month_number, rows, columns = HEADER.unpack_from(data)
    if magic != MAGIC:
        raise SheetBroken(place, "not a month sheet")
    if version != VERSION:
        raise SheetBroken(place, "a layout that this program does not know")
    if number != spec.number:
        raise SheetBroken(place, "another part")
    if month_number != _month_number(month):
        raise SheetBroken(place, "another month")
    if columns != len(spec.columns):
        raise SheetBroken(place, "another number of columns")
    return int(rows)


def _read_entry(spec: ColumnSpec, data: bytes, index: int, rows: int, place: str) -> int:
    start = HEADER.size + ENTRY.size * index
    if data[start : start + ENTRY_HEAD] != _entry(spec, 0)[:ENTRY_HEAD]:
        raise SheetBroken(place, f"column {spec.name} is not where it should be")
    length = int.from_bytes(data[start + ENTRY_HEAD : start + ENTRY.size], "little")
    size = _element(spec.type).itemsize
    expected = length if spec.extra is None else (rows + spec.extra) * size
    if length != expected or length % size:
        raise SheetBroken(place, f"column {spec.name} does not have one value a row")
    return length


def _as_stored(spec: ColumnSpec, column: Column, rows: int) -> bytes:
    if column.dtype != _element(spec.type):
        raise TypeError(f"{spec.name} is {column.dtype}")
    if spec.extra is not None and len(column) != rows + spec.extra:
        raise TypeError(f"{spec.name} has {len(column)} values")
    return column.tobytes()


def _entry(spec: ColumnSpec, length: int) -> bytes:
    return ENTRY.pack(spec.name.encode(), spec.type.encode(), 0, length)


@cache
def _element(type_name: str) -> np.dtype[Any]:
    return np.dtype(type_name).newbyteorder("<")


def _month_number(month: date) -> int:
    return month.year * 12 + month.month - 1
