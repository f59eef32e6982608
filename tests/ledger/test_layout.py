"""The bytes of a part: there and back, and nothing else back."""

import struct
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.reports.summaries import cut_months
from ledger.sheets.build import build_numbers, in_order, summarise
from ledger.sheets.layout import ENTRY, HEADER, SheetBroken, encode_part
from ledger.sheets.merge import locate
from ledger.sheets.parts import (
    ALL_FLAGS,
    NUMBERS,
    SUMMARY,
    WORDS,
    Text,
    Words,
    columns_of,
    complete,
    day_number,
    decode_aside,
    decode_numbers,
    decode_summaries,
    decode_summary,
    decode_text,
    decode_words,
    encode_aside,
    encode_numbers,
    encode_summary,
    encode_text,
    encode_words,
    join_parts,
    last_of_month,
)
from ledger.sheets.rows import SheetRow
from ledger.sheets.words import index_words, merge_words, rows_with

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
BASE = range(24, 32)
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
        "text": st.text(max_size=20).map(str.encode),
    }
    rows = st.lists(st.builds(SheetRow, **{**fields, **fixed}), max_size=30, unique_by=lambda row: row.id)
    return rows.map(in_order)


def an_example(size: int = 3) -> list[SheetRow]:
    day = day_number(MAY)
    return [
        SheetRow(bytes([at] * 16), day + at, 1, 2, 3, 840, -100 * at, -100 * at, 0, b"some text") for at in range(size)
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


@given(months=st.lists(sheet_rows(), max_size=4))
def test_summaries_of_several_months_are_those_of_each_laid_end_to_end(months: list[list[SheetRow]]) -> None:
    summaries = [summarise(build_numbers(rows)) for rows in months]
    sizes, joined = decode_summaries([(MAY, memoryview(encode_summary(MAY, one))) for one in summaries])
    expected = join_parts(summarise(build_numbers([])), summaries)
    assert sizes == [len(one) for one in summaries]
    assert all(map(np.array_equal, columns_of(joined), columns_of(expected)))
    assert [column.dtype for column in columns_of(joined)] == [column.dtype for column in columns_of(expected)]


@pytest.mark.parametrize("reason", ["a sum has the wrong sign", "not followed by zeros", "another month", "cut off"])
def test_of_several_summaries_the_one_that_is_broken_is_named(reason: str) -> None:
    good = summarise(build_numbers(an_example()))
    encoded = encode_summary(JUNE, good)
    gap = HEADER.size + ENTRY.size * len(SUMMARY.columns) + 4
    wrong = {
        "a sum has the wrong sign": encode_summary(JUNE, replace(good, money_in=good.money_in - 1)),
        "not followed by zeros": encoded[:gap] + b"\1" + encoded[gap + 1 :],
        "another month": encode_summary(MAY, good),
        "cut off": encoded[:-1],
    }
    whole = [(MAY, encode_summary(MAY, good)), (JUNE, encoded)]
    assert decode_summaries(whole)[0] == [len(good)] * 2
    with pytest.raises(SheetBroken, match=f"summary of 2026-06: .*{reason}"):
        decode_summaries([whole[0], (JUNE, wrong[reason])])


@given(rows=sheet_rows())
def test_words_and_who_holds_them_survive_the_way_to_bytes_and_back(rows: list[SheetRow]) -> None:
    lines = [row.text for row in rows]
    words, text = index_words(lines)
    words_back, back = decode_words(MAY, encode_words(MAY, words)), decode_text(MAY, encode_text(MAY, text))
    held = words_back.characters.tobytes().split()
    assert held == sorted({word for line in lines for word in line.split()})
    assert (len(words_back), len(back)) == (len(held), len(lines))
    assert lines_of(words_back, back) == [set(line.split()) for line in lines]


@given(before=sheet_rows(), after=sheet_rows(), data=st.data())
def test_an_index_that_changed_is_as_if_it_were_made_anew(
    before: list[SheetRow], after: list[SheetRow], data: st.DataObject
) -> None:
    after = [row for row in after if row.id not in {one.id for one in before}]
    kept = [row for row in before if data.draw(st.booleans())]
    rows = in_order([*kept, *after])
    places = np.array([rows.index(row) if row in kept else -1 for row in before], np.intp)
    added = {at: row.text for at, row in enumerate(rows) if row not in kept}
    words, text = merge_words(*index_words([row.text for row in before]), places, added)
    words_anew, anew = index_words([row.text for row in rows])
    assert words.characters.tobytes() == words_anew.characters.tobytes()
    assert (text.size, text.counts.tolist(), text.rows.tolist()) == (
        anew.size,
        anew.counts.tolist(),
        anew.rows.tolist(),
    )


def lines_of(words: Words, text: Text) -> list[set[bytes]]:
    """The words of each row, asked for one by one."""
    found = [set[bytes]() for _ in range(len(text))]
    for number, word in enumerate(words.characters.tobytes().split()):
        for row in np.flatnonzero(rows_with(np.array([number]), text)).tolist():
            found[row].add(word)
    return found


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
    places = range(HEADER.size + ENTRY.size * len(NUMBERS.columns))
    # A column's base is part of its values: that nobody changed these the seal says.
    at = data.draw(
        st.sampled_from([at for at in places if at < HEADER.size or (at - HEADER.size) % ENTRY.size not in BASE])
    )
    encoded[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SheetBroken) as broken:
        decode_numbers(MAY, bytes(encoded))
    assert str(broken.value).startswith("numbers of 2026-05: ")


def test_columns_come_back_in_numpys_own_types() -> None:
    # Of the same types by way of `newbyteorder` it is not sure that they are its own, and some sums take twenty times as long.
    assert not np.dtype("i8").newbyteorder("<").isbuiltin
    numbers = build_numbers(an_example())
    packed = decode_numbers(MAY, encode_numbers(MAY, numbers))
    whole = decode_summary(MAY, encode_summary(MAY, summarise(numbers)))
    _, base_less_minor = decode_aside(MAY, encode_aside(MAY, numbers))
    columns = [*columns_of(packed)[1:], *columns_of(whole), base_less_minor]
    assert all(column.dtype.isbuiltin for column in columns)


def test_a_base_beyond_its_columns_type_is_refused() -> None:
    encoded = bytearray(encode_numbers(MAY, build_numbers(an_example())))
    struct.pack_into("<q", encoded, HEADER.size + BASE.start, 2**31)
    with pytest.raises(SheetBroken, match="a base is beyond its column's type"):
        decode_numbers(MAY, bytes(encoded))


@pytest.mark.parametrize(
    ("amounts", "width"),
    [([7, 7, 7], 0), ([-100, 100, 155], 1), ([-100, 100, 156], 2), ([0, 0, 2**31], 4), ([-(2**31), 0, 2**31], 8)],
)
def test_amounts_take_the_bytes_that_their_span_needs(amounts: list[int], width: int) -> None:
    rows = [replace(row, minor=minor) for row, minor in zip(an_example(), amounts, strict=True)]
    encoded = encode_numbers(MAY, build_numbers(rows))
    entries = [ENTRY.unpack_from(encoded, HEADER.size + ENTRY.size * at) for at in range(len(NUMBERS.columns))]
    assert {name.rstrip(b"\0"): stored for name, _, stored, _, _ in entries}[b"minor"] == width
    assert decode_numbers(MAY, encoded).minor.tolist() == amounts


def test_another_month_and_another_part_are_refused() -> None:
    encoded = encode_numbers(MAY, build_numbers(an_example()))
    with pytest.raises(SheetBroken, match="another month"):
        decode_numbers(JUNE, encoded)
    with pytest.raises(SheetBroken, match="another part"):
        decode_summary(MAY, encoded)


def test_rows_of_another_month_out_of_order_or_with_unknown_flags_are_refused() -> None:
    good = an_example()
    later = [*good[:2], SheetRow(good[2].id, day_number(JUNE), *list(vars_of(good[2]))[2:])]
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


@pytest.mark.parametrize(
    "wrong",
    [Text(2, np.array([1, 2], "<u4"), np.array([0, 1], "<u4")), Text(2, np.array([2], "<u4"), np.array([0, 2], "<u4"))],
)
def test_rows_that_do_not_fit_the_words_are_refused(wrong: Text) -> None:
    with pytest.raises(SheetBroken, match="text of 2026-05: rows do not fit the words"):
        decode_text(MAY, encode_text(MAY, wrong))


def test_columns_of_the_wrong_type_are_never_written() -> None:
    numbers = build_numbers(an_example())
    wrong = type(numbers)(
        *[column.astype("<i8") if at == 1 else column for at, column in enumerate(columns_of(numbers))]
    )
    with pytest.raises(TypeError):
        encode_numbers(MAY, wrong)


def vars_of(row: SheetRow) -> list[Any]:
    return [getattr(row, name) for name in row.__slots__]


def test_months_end_and_are_cut_where_they_do() -> None:
    ends = [date(2026, 5, 31), date(2024, 2, 29), date(2025, 2, 28), date(9999, 12, 31)]
    assert [last_of_month(day.replace(day=3)) for day in ends] == ends
    assert cut_months(MAY, date(2026, 5, 31)) == cut_months(None, None) == cut_months(MAY, date.max) == set()
    assert cut_months(date(2026, 5, 2), JUNE) == {MAY, JUNE}
    assert cut_months(date(2026, 5, 2), date(2026, 5, 30)) == {MAY}
    assert cut_months(None, date(2026, 5, 30)) == cut_months(date(2026, 5, 31), None) == {MAY}
