"""Profit and loss of some months against as many others: each line's sums side by side, in the statement's own order.

A line or a section that only one of the two has stands against 0. Amounts are minor units with the sign of money.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from ledger.kinds import CategoryKind
from ledger.reports.change import Change
from ledger.reports.freshness import Freshness
from ledger.reports.names import CategoryName, read_categories_and_base
from ledger.reports.profit_and_loss import (
    SECTIONS,
    Line,
    ProfitAndLoss,
    Section,
    Statement,
    profit_and_loss_from,
)
from ledger.reports.standing import Span
from ledger.reports.summaries import Summaries, month_number, months_between, read_summaries


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A category's sums; `has_rows` says whether now, and before, there is any posted row behind them."""

    category_id: UUID | None
    name: str
    posted: Change
    has_rows: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class ComparedSection:
    kind: CategoryKind | None
    title: str
    lines: tuple[ComparedLine, ...]
    posted: Change


@dataclass(frozen=True, slots=True)
class ComparedStatement:
    """One currency; sections in the order of a profit and loss, lines by their size now, then before."""

    currency: str
    sections: tuple[ComparedSection, ...]
    gross_profit: Change
    operating_profit: Change
    net: Change
    pending_net: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """`now` is the report as without a comparison."""

    now: ProfitAndLoss
    statements: tuple[ComparedStatement, ...]
    freshness: Freshness


def compare_profit_and_loss(*, now: Span, before: Span) -> Comparison:
    """Both reports from one reading of all their months, in two queries whatever the number of rows."""
    summaries = read_summaries(min(now.first, before.first), max(now.last, before.last))
    categories, base = read_categories_and_base()
    return comparison_from(summaries, categories, now=now, before=before, base=base)


def comparison_from(
    summaries: Summaries, categories: dict[int, CategoryName], *, now: Span, before: Span, base: str
) -> Comparison:
    """Both reports from what was read already: `summaries` are of all their months."""
    reports = [
        profit_and_loss_from(_within(summaries, span), categories, months_between(span.first, span.last), base=base)
        for span in (now, before)
    ]
    by_currency = [{one.currency: one for one in report.statements} for report in reports]
    currencies = sorted({*by_currency[0], *by_currency[1]}, key=lambda code: (code != base, code))
    return Comparison(
        now=reports[0],
        statements=tuple(_statement(code, [found.get(code) for found in by_currency]) for code in currencies),
        freshness=reports[0].freshness,
    )


def _within(summaries: Summaries, span: Span) -> Summaries:
    return summaries.where((summaries.month >= month_number(span.first)) & (summaries.month <= month_number(span.last)))


def _statement(currency: str, two: Sequence[Statement | None]) -> ComparedStatement:
    by_kind = [{section.kind: section for section in one.sections} if one else {} for one in two]
    kinds = [kind for kind in (*SECTIONS, None) if any(kind in found for found in by_kind)]
    return ComparedStatement(
        currency=currency,
        sections=tuple(_section([found.get(kind) for found in by_kind]) for kind in kinds),
        gross_profit=Change(*(one.gross_profit.total if one else 0 for one in two)),
        operating_profit=Change(*(one.operating_profit.total if one else 0 for one in two)),
        net=Change(*(one.net.total if one else 0 for one in two)),
        pending_net=Change(*(one.pending_net.total if one else 0 for one in two)),
    )


def _section(two: Sequence[Section | None]) -> ComparedSection:
    here = next(section for section in two if section)
    by_id = [{line.category_id: line for line in one.lines} if one else {} for one in two]
    lines = [_line([found.get(category_id) for found in by_id]) for category_id in {**by_id[0], **by_id[1]}]
    return ComparedSection(
        kind=here.kind,
        title=here.title,
        lines=tuple(sorted(lines, key=lambda line: (-abs(line.posted.now), -abs(line.posted.before), line.name))),
        posted=Change(*(one.posted.total if one else 0 for one in two)),
    )


def _line(two: Sequence[Line | None]) -> ComparedLine:
    here = next(line for line in two if line)
    return ComparedLine(
        category_id=here.category_id,
        name=here.name,
        posted=Change(*(one.posted.total if one else 0 for one in two)),
        has_rows=(_has_rows(two[0]), _has_rows(two[1])),
    )


def _has_rows(line: Line | None) -> bool:
    return bool(line and any(line.counts))
