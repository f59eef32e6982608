"""The five parts of a month sheet as numpy columns, and what must hold among them.

Rows of numbers and aside are in the same order: by day, then id. Aside is what reports over all rows need not read: ids,
and amounts in the base currency. Words are those of all rows, each once, and text says which rows hold which. Amounts are
int64 minor units. Codes are the workspace's own of accounts, categories (0: none) and counterparties (0: none); a day is
counted from 1970-01-01; a currency is its ISO 4217 number.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import IntFlag
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ledger.sheets.layout import (
    Column,
    ColumnSpec,
    PartSpec,
    SheetBroken,
    decode_alike,
    decode_part,
    encode_part,
    place_of,
)

Bytes = NDArray[np.uint8]
Flags = NDArray[np.uint16]
Numerics = NDArray[np.int16]
Codes = NDArray[np.int32]
Counts = NDArray[np.unsignedinteger[Any]]
Amounts = NDArray[np.int64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
NO_IDS, NO_AMOUNTS = np.empty(0, "V16"), np.empty(0, "<i8")
least, most = np.minimum.reduce, np.maximum.reduce
LINE_FEED = 10
EPOCH = date(1970, 1, 1).toordinal()

AnyPart = TypeVar("AnyPart")


class Flag(IntFlag):
    """Bits of a row. NO_RATE: the amount has no value in the base currency yet, and `base_minor` is 0."""

    PENDING = 1
    REMOVED = 2
    TRANSFER = 4
    HAS_NOTE = 8
    NO_RATE = 16


ALL_FLAGS = int(sum(Flag))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Numbers:
    """One row a transaction, removed ones included. `id` and `base_minor` are empty where aside was not opened."""

    id: Column
    day: Codes
    account: Codes
    category: Codes
    counterparty: Codes
    currency: Numerics
    minor: Amounts
    base_minor: Amounts
    flags: Flags

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Summary:
    """One row for each account, category, currency and pending that occurs; removed rows are in none.

    `money_in` ≥ 0 and `money_out` ≤ 0 are sums, `count_in` and `count_out` how many; `base_*` sums have a rate.
    """

    account: Codes
    category: Codes
    currency: Numerics
    pending: Bytes
    money_in: Amounts
    money_out: Amounts
    base_in: Amounts
    base_out: Amounts
    count_in: Amounts
    count_out: Amounts

    def __len__(self) -> int:
        return len(self.account)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Text:
    """Which of the month's `size` rows hold which of its words: `counts[n]` of the numbers in `rows` are those of word n,
    ascending, and after them come those of word n + 1."""

    size: int
    counts: Counts
    rows: Counts

    def __len__(self) -> int:
        return self.size


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Words:
    """`characters` is UTF-8, folded for search: each word once, ascending by its bytes, a line feed after each."""

    characters: Bytes

    def __len__(self) -> int:
        return int(np.count_nonzero(self.characters == LINE_FEED))


NUMBERS = PartSpec(
    "numbers",
    2,
    (
        ColumnSpec("day", "i4", packed=True),
        ColumnSpec("account", "i4", packed=True),
        ColumnSpec("category", "i4", packed=True),
        ColumnSpec("counterparty", "i4", packed=True),
        ColumnSpec("currency", "i2", packed=True),
        ColumnSpec("minor", "i8", packed=True),
        ColumnSpec("flags", "u2", packed=True),
    ),
)
ASIDE = PartSpec("aside", 4, (ColumnSpec("id", "V16"), ColumnSpec("base_less_minor", "i8", packed=True)))
SUMMARY = PartSpec(
    "summary",
    1,
    (
        ColumnSpec("account", "i4", grounded=True),
        ColumnSpec("category", "i4", grounded=True),
        ColumnSpec("currency", "i2", grounded=True),
        ColumnSpec("pending", "u1", grounded=True),
        ColumnSpec("money_in", "i8", grounded=True),
        ColumnSpec("minus_money_out", "i8", grounded=True),
        ColumnSpec("base_in_less", "i8", grounded=True),
        ColumnSpec("base_out_less", "i8", grounded=True),
        ColumnSpec("count_in", "i8", grounded=True),
        ColumnSpec("count_out", "i8", grounded=True),
    ),
)
SUMS = slice(4, 8)
TEXT = PartSpec(
    "text",
    3,
    (ColumnSpec("counts", "u4", free=True, packed=True), ColumnSpec("rows", "u4", free=True, packed=True)),
)
WORDS = PartSpec("words", 5, (ColumnSpec("characters", "u1", free=True),))


def columns_of(part: Any) -> list[Column]:
    """All columns of a part of any kind, in their order; of a text its size before them."""
    return [getattr(part, field.name) for field in fields(part)]


def join_parts(empty: AnyPart, parts: Iterable[AnyPart]) -> AnyPart:
    """The rows of several months, one after the other."""
    columns = zip(*map(columns_of, (empty, *parts)), strict=True)
    return type(empty)(*map(np.concatenate, columns))


def encode_numbers(month: date, numbers: Numbers) -> bytes:
    """The numbers without what stands aside."""
    return encode_part(NUMBERS, month, len(numbers), [getattr(numbers, column.name) for column in NUMBERS.columns])


def encode_aside(month: date, numbers: Numbers) -> bytes:
    # By what it differs from the amount itself, which mostly is nothing and so takes no bytes.
    return encode_part(ASIDE, month, len(numbers), [numbers.id, numbers.base_minor - numbers.minor])


def encode_summary(month: date, summary: Summary) -> bytes:
    columns = columns_of(summary)
    money_in, money_out, base_in, base_out = columns[SUMS]
    # Numbers from 0 on, and mostly none at all where it is the amounts themselves: a third of the bytes.
    columns[SUMS] = [money_in, -money_out, base_in - money_in, base_out - money_out]
    return encode_part(SUMMARY, month, len(summary), columns)


def encode_text(month: date, text: Text) -> bytes:
    return encode_part(TEXT, month, len(text), [text.counts, text.rows])


def encode_words(month: date, words: Words) -> bytes:
    return encode_part(WORDS, month, len(words), columns_of(words))


def decode_numbers(month: date, data: bytes | memoryview) -> Numbers:
    """Raises SheetBroken when the bytes are not this month's numbers, by day and within the month.

    That ids ascend within a day is what `verify` looks at: here it would take longer than all the rest.
    """
    day, account, category, counterparty, currency, minor, flags = decode_part(NUMBERS, month, data)[1]
    numbers = Numbers(NO_IDS, day, account, category, counterparty, currency, minor, NO_AMOUNTS, flags)
    check_rows(NUMBERS, month, day, flags, ALL_FLAGS)
    return numbers


def check_rows(spec: PartSpec, month: date, day: Codes, flags: Flags, known: int) -> None:
    """Raises SheetBroken for rows that are not by day and within the month, or have a flag that is not `known`."""
    if (day[1:] < day[:-1]).any():
        raise SheetBroken(place_of(spec.name, month), "rows are out of order")
    if len(day) and (day[0] < day_number(month) or day[-1] > day_number(last_of_month(month))):
        raise SheetBroken(place_of(spec.name, month), "a day of another month")
    if most(flags, initial=0) > known:
        raise SheetBroken(place_of(spec.name, month), "an unknown flag")


def decode_aside(month: date, data: bytes | memoryview) -> tuple[Column, Amounts]:
    """Ids, and by how much amounts are more in the base currency. Raises SheetBroken when the bytes are not this month's."""
    ids, base_less_minor = decode_part(ASIDE, month, data)[1]
    return ids, base_less_minor


def complete(month: date, numbers: Numbers, aside: tuple[Column, Amounts]) -> Numbers:
    """The numbers with what stands aside. Raises SheetBroken when it is of another number of rows."""
    ids, base_less_minor = aside
    if len(ids) != len(numbers):
        raise SheetBroken(place_of("aside", month), "another number of rows than the numbers'")
    return replace(numbers, id=ids, base_minor=numbers.minor + base_less_minor)


def decode_summary(month: date, data: bytes | memoryview) -> Summary:
    """Raises SheetBroken when the bytes are not this month's summary."""
    summary = _summary(decode_part(SUMMARY, month, data)[1])
    if _has_wrong_sign(summary):
        raise SheetBroken(place_of("summary", month), "a sum has the wrong sign")
    return summary


def decode_summaries(parts: Sequence[tuple[date, bytes | memoryview]]) -> tuple[list[int], Summary]:
    """How many rows each month's summary has, and all of them laid end to end. Raises SheetBroken as `decode_summary`."""
    sizes, columns = decode_alike(SUMMARY, parts)
    joined = _summary(columns)
    if _has_wrong_sign(joined):
        # Alone, each says whose it is.
        for month, data in parts:
            decode_summary(month, data)
    return sizes, joined


def _summary(columns: list[Column]) -> Summary:
    money_in, minus_money_out, base_in_less, base_out_less = columns[SUMS]
    money_out = -minus_money_out
    columns[SUMS] = [money_in, money_out, money_in + base_in_less, money_out + base_out_less]
    return Summary(*columns)


def _has_wrong_sign(summary: Summary) -> bool:
    # The ufuncs' own way: arrays' min and max go round by Python, which a report of dozens of months feels.
    has_wrong_sum = least(summary.money_in, initial=0) < 0 or most(summary.money_out, initial=0) > 0
    return bool(has_wrong_sum or most(summary.pending, initial=0) > 1)


def decode_text(month: date, data: bytes | memoryview) -> Text:
    """Raises SheetBroken when the bytes are not this month's text. That rows ascend is what `verify` looks at."""
    size, (counts, rows) = decode_part(TEXT, month, data)
    if int(counts.sum(dtype=np.int64)) != len(rows) or most(rows, initial=0) >= max(size, 1):
        raise SheetBroken(place_of("text", month), "rows do not fit the words")
    return Text(size, counts, rows)


def decode_words(month: date, data: bytes | memoryview) -> Words:
    """Raises SheetBroken when the bytes are not this month's words."""
    count, columns = decode_part(WORDS, month, data)
    words = Words(*columns)
    if len(words) != count or (len(words.characters) and words.characters[-1] != LINE_FEED):
        raise SheetBroken(place_of("words", month), "another number of words")
    return words


def id_halves(ids: Column) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Ids as two numbers each, which sort together as PostgreSQL sorts the ids."""
    halves = ids.view(">u8").reshape(-1, 2).astype(np.uint64)
    return halves[:, 0], halves[:, 1]


def day_number(day: date) -> int:
    return day.toordinal() - EPOCH


def date_of(number: int) -> date:
    return date.fromordinal(number + EPOCH)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def last_of_month(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def numerics_in(currency: NDArray[np.signedinteger[Any]]) -> list[int]:
    """The currencies that occur in a column, ascending."""
    if len(currency) and (currency == currency[0]).all():
        return [int(currency[0])]
    return np.flatnonzero(np.bincount(currency)).tolist()
