"""The bytes of a part: there and back, and nothing else back."""

import struct
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.sheets.build import build_numbers, build_text, in_order, summarise
from ledger.sheets.layout import ENTRY, HEADER, SheetBroken, encode_part
from ledger.sheets.merge import line_at, locate
from ledger.sheets.parts import (
    ALL_FLAGS,
    NUMBERS,
    WORDS,
    columns_of,
    complete,
    day_number,
    decode_aside,
    decode_numbers,
    decode_summary,
    decode_text,
    decode_words,
    encode_aside,
    encode_numbers,
    encode_summary,
    encode_text,
    encode_words,
)
from ledger.sheets.rows import SheetRow
from ledger.sheets.words import add_words, words_of

MAY = date(2026, 5, 1)
CODE = st.integers(0, 2**31 - 1)
MINOR = st.integers(-(10**16), 10**16)


def sheet_rows(**fixed: Any) -> st.SearchStrategy[list[SheetRow]]:
    """Rows of May with ids of their own, in the sheet's order."""
    fields: dict[str, Any] = {
        "id": st.binary(min_size=16, max_size=16),
        "day": st.integers(day_number(MAY), day_number(date(2026, 5, 31))),
        "account": CODE,
        "category": CODE,
        "counterparty": CODE,
        "currency": st.sampled_from([840, 978, 392]),
        "minor": MINOR,
        "base_minor": MINOR,
        "flags": st.integers(0, ALL_FLAGS),
        "text": st.text(max_size=20).map(lambda text: text.replace("\n", " ").encode() + b"\n"),
    }
    rows = st.lists(st.builds(SheetRow, **{**fields, **fixed}), max_size=30, unique_by=lambda row: row.id)
    return rows.map(in_order)


def an_example(size: int = 3) -> list[SheetRow]:
    day = day_number(MAY)
    return [
        SheetRow(bytes([at] * 16), day + at, 1, 2, 3, 840, -100 * at, -100 * at, 0, b"some text\n")
        for at in range(size)
    ]


@given(rows=sheet_rows())
def test_numbers_survive_the_way_to_bytes_and_back(rows: list[SheetRow]) -> None:
    numbers = build_numbers(rows)
    bare = decode_numbers(MAY, encode_numbers(MAY, numbers))
    assert (len(bare), len(bare.id), len(bare.base_minor)) == (len(rows), 0, 0)
    back = complete(MAY, bare, decode_aside(MAY, encode_aside(MAY, numbers)))
    assert all(map(np.array_equal, columns_of(numbers), columns_of(back)))
    assert [one.tobytes() for one in back.id] == [row.id for row in rows]


@given(rows=sheet_rows())
def test_summaries_survive_and_say_what_plain_sums_say(rows: list[SheetRow]) -> None:
    summary = summarise(build_numbers(rows))
    back = decode_summary(MAY, encode_summary(MAY, summary))
    assert all(map(np.array_equal, columns_of(summary), columns_of(back)))
    expected: dict[tuple[int, ...], list[int]] = {}
    for row in rows:
        if row.flags & 2:
            continue
        sums = expected.setdefault((row.account, row.category, row.currency, row.flags & 1), [0] * 6)
        sums[0 if row.minor >= 0 else 1] += row.minor
        sums[2 if row.base_minor >= 0 else 3] += row.base_minor
        sums[4 if row.minor >= 0 else 5] += 1
    entries = [tuple(entry) for entry in zip(*(column.tolist() for column in columns_of(back)), strict=True)]
    assert {entry[:4]: list(entry[4:]) for entry in entries} == expected


@given(rows=sheet_rows())
def test_texts_survive_the_way_to_bytes_and_back(rows: list[SheetRow]) -> None:
    back = decode_text(MAY, encode_text(MAY, build_text([row.text for row in rows])))
    assert [line_at(back, at) for at in range(len(back))] == [row.text for row in rows]


@given(rows=sheet_rows())
def test_words_survive_stand_once_each_and_grow_as_if_made_anew(rows: list[SheetRow]) -> None:
    lines = [row.text for row in rows]
    words = words_of(build_text(lines))
    back = decode_words(MAY, encode_words(MAY, words))
    assert back.characters.tobytes().split() == sorted({word for line in lines for word in line.split()})
    assert len(back) == len(back.characters.tobytes().split())
    grown = add_words(words_of(build_text(lines[:1])), lines[1:])
    assert np.array_equal(grown.characters, words.characters)


def test_words_of_another_number_are_refused() -> None:
    for characters, count in ((b"one\ntwo\n", 1), (b"one\ntwo", 1), (b"one", 0)):
        wrong = encode_part(WORDS, MAY, count, [np.frombuffer(characters, "<u1")])
        with pytest.raises(SheetBroken, match="words of 2026-05"):
            decode_words(MAY, wrong)


@given(rows=sheet_rows(), data=st.data())
def test_cut_and_lengthened_parts_are_refused(rows: list[SheetRow], data: st.DataObject) -> None:
    encoded = encode_numbers(MAY, build_numbers(rows))
    with pytest.raises(SheetBroken):
        decode_numbers(MAY, encoded[: data.draw(st.integers(0, len(encoded) - 1))])
    with pytest.raises(SheetBroken):
        decode_numbers(MAY, encoded + data.draw(st.binary(min_size=1, max_size=9)))


@given(data=st.data())
def test_a_changed_header_or_directory_is_refused(data: st.DataObject) -> None:
    encoded = bytearray(encode_numbers(MAY, build_numbers(an_example())))
    at = data.draw(st.integers(0, HEADER.size + ENTRY.size * len(NUMBERS.columns) - 1))
    encoded[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SheetBroken) as broken:
        decode_numbers(MAY, bytes(encoded))
    assert str(broken.value).startswith("numbers of 2026-05: ")


def test_another_month_and_another_part_are_refused() -> None:
    encoded = encode_numbers(MAY, build_numbers(an_example()))
    with pytest.raises(SheetBroken, match="another month"):
        decode_numbers(date(2026, 6, 1), encoded)
    with pytest.raises(SheetBroken, match="another part"):
        decode_summary(MAY, encoded)


def test_rows_of_another_month_out_of_order_or_with_unknown_flags_are_refused() -> None:
    good = an_example()
    later = [*good[:2], SheetRow(good[2].id, day_number(date(2026, 6, 1)), *list(vars_of(good[2]))[2:])]
    with pytest.raises(SheetBroken, match="another month"):
        decode_numbers(MAY, encode_numbers(MAY, build_numbers(later)))
    with pytest.raises(SheetBroken, match="out of order"):
        decode_numbers(MAY, encode_numbers(MAY, build_numbers(good[::-1])))
    flagged = build_numbers(good)
    flagged.flags[1] = 1 << 9
    with pytest.raises(SheetBroken, match="flag"):
        decode_numbers(MAY, encode_numbers(MAY, flagged))


def test_what_stands_aside_of_other_rows_is_refused_and_nothing_is_looked_for_without_it() -> None:
    numbers, fewer = build_numbers(an_example()), build_numbers(an_example(2))
    bare = decode_numbers(MAY, encode_numbers(MAY, numbers))
    with pytest.raises(SheetBroken, match="aside of 2026-05: another number of rows"):
        complete(MAY, bare, decode_aside(MAY, encode_aside(MAY, fewer)))
    assert locate(numbers, [numbers.id[1].tobytes()]) == [1]
    with pytest.raises(LookupError):
        locate(bare, [numbers.id[1].tobytes()])


def test_offsets_that_do_not_fit_the_text_are_refused() -> None:
    encoded = bytearray(encode_text(MAY, build_text([b"one\n", b"two\n"])))
    at = HEADER.size + 2 * ENTRY.size + 4
    for offset in (9, 2**31):
        struct.pack_into("<I", encoded, at, offset)
        with pytest.raises(SheetBroken, match="offsets"):
            decode_text(MAY, bytes(encoded))


def test_columns_of_the_wrong_type_are_never_written() -> None:
    numbers = build_numbers(an_example())
    wrong = type(numbers)(
        *[column.astype("<i8") if at == 1 else column for at, column in enumerate(columns_of(numbers))]
    )
    with pytest.raises(TypeError):
        encode_numbers(MAY, wrong)


def vars_of(row: SheetRow) -> list[Any]:
    return [getattr(row, name) for name in row.__slots__]
