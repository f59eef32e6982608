"""Profit and loss by month and category on cash basis, one statement per currency, from sealed summaries alone.

Posted rows count; pending ones stand beside. Transfers and balance-sheet categories are left out; rows without a
category have a section of their own, so that the net equals the sum of every other posted row.
All amounts are minor units with the sign of money in (+) and out (−); a refund lowers its own category.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ledger.currencies import currency_of_numeric
from ledger.kinds import BALANCE_SHEET_KINDS, CategoryKind
from ledger.reports.freshness import Freshness, freshness_of
from ledger.reports.names import CategoryName, read_categories_and_base
from ledger.reports.summaries import Summaries, among, month_number, months_between, read_summaries
from ledger.sheets.parts import Places, numerics_in

SECTIONS = (
    CategoryKind.INCOME,
    CategoryKind.COST_OF_SALES,
    CategoryKind.OPERATING_EXPENSE,
    CategoryKind.OTHER_INCOME,
    CategoryKind.OTHER_EXPENSE,
    CategoryKind.TAX,
)
GROSS = SECTIONS[:2]
OPERATING = SECTIONS[:3]
UNCATEGORISED = "Uncategorised"

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figures:
    """One amount for each month of the report, and their sum."""

    by_month: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Line:
    """A category's row; `category_id` is None for what has no category. `counts` are posted transactions a month.

    On accrual basis it is an account of the books, by its id, and `counts` are its postings.
    """

    category_id: UUID | None
    name: str
    posted: Figures
    pending: Figures
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one kind, largest first; `kind` is None for the section of uncategorised rows."""

    kind: CategoryKind | None
    title: str
    lines: tuple[Line, ...]
    posted: Figures
    pending: Figures


@dataclass(frozen=True, slots=True)
class Statement:
    """One currency's profit and loss. `gross_profit` is income and cost of sales, `operating_profit` also operating
    expenses; `net` is everything, uncategorised included."""

    currency: str
    sections: tuple[Section, ...]
    gross_profit: Figures
    operating_profit: Figures
    net: Figures
    pending_net: Figures


@dataclass(frozen=True, slots=True)
class ProfitAndLoss:
    """`months` are first days, oldest first; the base currency's statement comes first."""

    months: tuple[date, ...]
    statements: tuple[Statement, ...]
    freshness: Freshness


def profit_and_loss(*, first: date, last: date) -> ProfitAndLoss:
    """The report over the months of `first` to those of `last`, in two queries whatever the number of rows."""
    months = months_between(first, last)
    summaries = read_summaries(months[0], months[-1])
    categories, base = read_categories_and_base()
    return profit_and_loss_from(summaries, categories, months, base=base)


def profit_and_loss_from(
    summaries: Summaries, categories: dict[int, CategoryName], months: tuple[date, ...], *, base: str
) -> ProfitAndLoss:
    """The report from what was read already: `summaries` are of `months`, and of no others."""
    left_out = [one.code for one in categories.values() if one.kind in BALANCE_SHEET_KINDS]
    counted = ~among(summaries.category, left_out)
    codes = {currency_of_numeric(one).code: one for one in numerics_in(summaries.currency[counted])}
    statements = [
        _statement(code, summaries, np.flatnonzero(counted & (summaries.currency == codes[code])), months, categories)
        for code in sorted(codes, key=lambda code: (code != base, code))
    ]
    return ProfitAndLoss(months, tuple(statements), freshness_of(summaries.heads))


def _statement(
    currency: str,
    summaries: Summaries,
    entries: Places,
    months: Sequence[date],
    categories: dict[int, CategoryName],
) -> Statement:
    """One currency's statement from its entries, all at once: a row of sums for each category."""
    category = summaries.category[entries]
    codes = np.flatnonzero(np.bincount(category))
    starts = np.zeros(len(codes) and codes[-1] + 1, np.int64)
    starts[codes] = np.arange(len(codes)) * len(months)
    places = starts[category] + (summaries.month[entries] - month_number(months[0]))
    posted, pending, counts = _grids(summaries, entries, places, (len(codes), len(months)))
    found = [categories.get(code) for code in codes.tolist()]
    lines = [
        Line(one.id if one else None, one.name if one else UNCATEGORISED, done, awaited, tuple(numbers))
        for one, done, awaited, numbers in zip(found, _figures(posted), _figures(pending), counts.tolist(), strict=True)
    ]
    rows: dict[CategoryKind | None, list[int]] = {}
    for row, one in enumerate(found):
        rows.setdefault(one.kind if one else None, []).append(row)
    everything = (*SECTIONS, None)
    kinds = [kind for kind in everything if kind in rows]
    groups = _groups(rows, [*((kind,) for kind in kinds), GROSS, OPERATING, everything], len(codes))
    *of_kinds, gross, operating, net = _figures(groups @ posted)
    *pending_of_kinds, _, _, pending_net = _figures(groups @ pending)
    return Statement(
        currency=currency,
        sections=tuple(
            _section(kind, [lines[row] for row in rows[kind]], done, awaited)
            for kind, done, awaited in zip(kinds, of_kinds, pending_of_kinds, strict=True)
        ),
        gross_profit=gross,
        operating_profit=operating,
        net=net,
        pending_net=pending_net,
    )


def _groups(
    rows: Mapping[CategoryKind | None, list[int]], groups: Sequence[tuple[CategoryKind | None, ...]], size: int
) -> Ints:
    """By group of kinds, 1 for each of the `size` rows that it has: what a grid is multiplied with for the groups' sums."""
    matrix = np.zeros((len(groups), size), np.int64)
    for place, group in enumerate(groups):
        matrix[place, [row for kind in group for row in rows.get(kind, ())]] = 1
    return matrix


def _grids(summaries: Summaries, entries: Places, places: Ints, shape: tuple[int, int]) -> tuple[Ints, ...]:
    """Posted sums, pending sums and numbers of posted rows of the cells that the entries are in."""
    size = shape[0] * shape[1]
    sums, counts = np.zeros(2 * size, np.int64), np.zeros(size, np.int64)
    posted = summaries.pending[entries] == 0
    np.add.at(sums, np.where(posted, places, places + size), summaries.money_in[entries] + summaries.money_out[entries])
    np.add.at(counts, places[posted], summaries.count[entries][posted])
    return sums[:size].reshape(shape), sums[size:].reshape(shape), counts.reshape(shape)


def _section(kind: CategoryKind | None, lines: list[Line], posted: Figures, pending: Figures) -> Section:
    return Section(
        kind=kind,
        title=str(kind.label) if kind else UNCATEGORISED,
        lines=tuple(sorted(lines, key=lambda line: (-abs(line.posted.total), line.name))),
        posted=posted,
        pending=pending,
    )


def _figures(grid: Ints) -> list[Figures]:
    """Each row of a grid."""
    if not grid.any():
        return [Figures((0,) * grid.shape[1], 0)] * len(grid)
    return [Figures(tuple(row), total) for row, total in zip(grid.tolist(), grid.sum(axis=1).tolist(), strict=True)]
