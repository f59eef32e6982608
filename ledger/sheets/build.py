"""Parts made from rows: columns from sheet rows, and the summary from the numbers."""

from collections.abc import Iterable, Sequence
from operator import attrgetter

import numpy as np

from ledger.sheets.parts import Amounts, Flag, Numbers, Summary
from ledger.sheets.rows import SheetRow

_IN_ORDER = attrgetter("day", "id")


def build_numbers(rows: Sequence[SheetRow]) -> Numbers:
    """The numbers of rows that are in the sheet's order."""
    return Numbers(
        id=np.frombuffer(b"".join(row.id for row in rows), "V16"),
        day=np.fromiter((row.day for row in rows), "<i4", len(rows)),
        account=np.fromiter((row.account for row in rows), "<i4", len(rows)),
        category=np.fromiter((row.category for row in rows), "<i4", len(rows)),
        counterparty=np.fromiter((row.counterparty for row in rows), "<i4", len(rows)),
        currency=np.fromiter((row.currency for row in rows), "<i2", len(rows)),
        minor=np.fromiter((row.minor for row in rows), "<i8", len(rows)),
        base_minor=np.fromiter((row.base_minor for row in rows), "<i8", len(rows)),
        flags=np.fromiter((row.flags for row in rows), "<u2", len(rows)),
    )


def in_order(rows: Iterable[SheetRow]) -> list[SheetRow]:
    """Rows by day, then id, as PostgreSQL and the sheet sort them."""
    return sorted(rows, key=_IN_ORDER)


def summarise(numbers: Numbers) -> Summary:
    """Sums and counts of every row that was not removed, by account, category, currency and pending."""
    alive = np.flatnonzero((numbers.flags & Flag.REMOVED) == 0)
    # Four small numbers in two keys: sorting is most of the work.
    owner = numbers.account[alive].astype(np.int64) << 32 | numbers.category[alive]
    kind = numbers.currency[alive].astype(np.int32) << 1 | (numbers.flags[alive] & Flag.PENDING)
    order = np.lexsort((kind, owner))
    owner, kind = owner[order], kind[order]
    starts = _starts_of_groups([owner, kind])
    minor, base = numbers.minor[alive][order], numbers.base_minor[alive][order]
    return Summary(
        account=(owner[starts] >> 32).astype("<i4"),
        category=(owner[starts] & 0xFFFFFFFF).astype("<i4"),
        currency=(kind[starts] >> 1).astype("<i2"),
        pending=(kind[starts] & 1).astype("<u1"),
        money_in=_sums(np.maximum(minor, 0), starts),
        money_out=_sums(np.minimum(minor, 0), starts),
        base_in=_sums(np.maximum(base, 0), starts),
        base_out=_sums(np.minimum(base, 0), starts),
        count_in=_sums((minor >= 0).astype("<i8"), starts),
        count_out=_sums((minor < 0).astype("<i8"), starts),
    )


def _starts_of_groups(sorted_keys: Sequence[np.ndarray]) -> np.ndarray:
    size = len(sorted_keys[0])
    if not size:
        return np.empty(0, np.intp)
    changes = np.zeros(size, bool)
    changes[0] = True
    for key in sorted_keys:
        changes[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(changes)


def _sums(values: Amounts, starts: np.ndarray) -> Amounts:
    return np.add.reduceat(values, starts) if len(starts) else np.empty(0, "<i8")
