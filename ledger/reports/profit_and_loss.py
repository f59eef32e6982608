"""Profit and loss by month and category on cash basis, one statement per currency, from sealed summaries alone.

Posted rows count; pending ones stand beside. Transfers and balance-sheet categories are left out; rows without a
category have a section of their own, so that the net equals the sum of every other posted row.
All amounts are minor units with the sign of money in (+) and out (−); a refund lowers its own category.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from ledger.currencies import currency_of_numeric
from ledger.kinds import BALANCE_SHEET_KINDS, CategoryKind
from ledger.reports.freshness import Freshness, freshness_of
from ledger.reports.names import CategoryName, read_categories
from ledger.reports.summaries import Summaries, month_number, months_between, read_summaries
from ledger.sheets.codebook import base_currency

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
    """The report over the months of `first` to those of `last`, in three queries whatever the number of rows."""
    months = months_between(first, last)
    summaries = read_summaries(months[0], months[-1])
    return profit_and_loss_from(summaries, read_categories(), months, base=base_currency())


def profit_and_loss_from(
    summaries: Summaries, categories: dict[int, CategoryName], months: tuple[date, ...], *, base: str
) -> ProfitAndLoss:
    """The report from what was read already: `summaries` are of `months`, and of no others."""
    left_out = [one.code for one in categories.values() if one.kind in BALANCE_SHEET_KINDS]
    counted = ~np.isin(summaries.category, left_out)
    codes = {currency_of_numeric(int(one)).code: int(one) for one in np.unique(summaries.currency[counted])}
    statements = [
        _statement(code, summaries, counted & (summaries.currency == codes[code]), months, categories)
        for code in sorted(codes, key=lambda code: (code != base, code))
    ]
    return ProfitAndLoss(months, tuple(statements), freshness_of(summaries.heads))


def _statement(
    currency: str,
    summaries: Summaries,
    entries: np.ndarray,
    months: Sequence[date],
    categories: dict[int, CategoryName],
) -> Statement:
    """One currency's statement from its entries, all at once: a row of sums for each category."""
    category = summaries.category[entries]
    codes = np.flatnonzero(np.bincount(category))
    rows = np.searchsorted(codes, category)
    columns = summaries.month[entries] - month_number(months[0])
    posted = summaries.is_posted[entries]
    grids = np.zeros((3, len(codes), len(months)), np.int64)
    net, count = summaries.net[entries], summaries.count[entries]
    np.add.at(grids[0], (rows[posted], columns[posted]), net[posted])
    np.add.at(grids[1], (rows[~posted], columns[~posted]), net[~posted])
    np.add.at(grids[2], (rows[posted], columns[posted]), count[posted])
    lines: dict[CategoryKind | None, list[Line]] = {}
    for code, sums, pending, counts in zip(codes.tolist(), *grids.tolist(), strict=True):
        category = categories.get(code)
        line = Line(
            category_id=category.id if category else None,
            name=category.name if category else UNCATEGORISED,
            posted=_figures(sums),
            pending=_figures(pending),
            counts=tuple(counts),
        )
        lines.setdefault(category.kind if category else None, []).append(line)
    sections = tuple(_section(kind, lines[kind], len(months)) for kind in (*SECTIONS, None) if kind in lines)
    return Statement(
        currency=currency,
        sections=sections,
        gross_profit=_added((one.posted for one in sections if one.kind in GROSS), len(months)),
        operating_profit=_added((one.posted for one in sections if one.kind in OPERATING), len(months)),
        net=_added((one.posted for one in sections), len(months)),
        pending_net=_added((one.pending for one in sections), len(months)),
    )


def _section(kind: CategoryKind | None, lines: list[Line], months: int) -> Section:
    return Section(
        kind=kind,
        title=str(kind.label) if kind else UNCATEGORISED,
        lines=tuple(sorted(lines, key=lambda line: (-abs(line.posted.total), line.name))),
        posted=_added((line.posted for line in lines), months),
        pending=_added((line.pending for line in lines), months),
    )


def _figures(by_month: Iterable[int]) -> Figures:
    amounts = tuple(by_month)
    return Figures(amounts, sum(amounts))


def _added(figures: Iterable[Figures], months: int) -> Figures:
    rows = [one.by_month for one in figures]
    return _figures(map(sum, zip(*rows, strict=True))) if rows else _figures([0] * months)
