"""Profit and loss of some months beside that of others, as rows of formatted cells: sums, change and percentage."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ledger.kinds import CategoryKind
from ledger.money import format_minor
from ledger.reports.change import Change, SharedChange
from ledger.reports.comparison import ComparedLine, ComparedSection, ComparedStatement, Comparison
from ledger.reports.standing import Span
from ledger.views.shown.change import NO_SHARE, ShownChange, format_share, show_change
from ledger.views.shown.links import Links
from ledger.views.shown.profit_and_loss import OPERATING, TRADING


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """`kind` as in a profit and loss: line, sum, result (the last also net) or aside. The links may be empty."""

    kind: str
    name: str
    now: str
    now_href: str
    before_href: str
    change: ShownChange


@dataclass(frozen=True, slots=True)
class ComparedBlock:
    title: str
    rows: tuple[ComparedRow, ...]


@dataclass(frozen=True, slots=True)
class ComparedTable:
    """`reasons` say why some changes have no percentage. `of_income`: figures are percentages of their months' income,
    changes are in points, and have no percentage of their own."""

    currency: str
    blocks: tuple[ComparedBlock, ...]
    reasons: tuple[str, ...]
    of_income: bool


def show_comparison(
    comparison: Comparison, *, now: Span, before: Span, links: Links, of_income: bool = False
) -> tuple[ComparedTable, ...]:
    """A table for each currency that has a line in either of the two."""
    drawers = (_Table(one, now, before, links, of_income) for one in comparison.statements)
    return tuple(drawer.draw() for drawer in drawers if any(s.lines for s in drawer.statement.sections))


@dataclass(frozen=True, slots=True)
class _Table:
    statement: ComparedStatement
    now: Span
    before: Span
    links: Links
    of_income: bool

    def draw(self) -> ComparedTable:
        blocks = tuple(self._blocks())
        reasons = (row.change.reason for block in blocks for row in block.rows)
        named = tuple(dict.fromkeys(one for one in reasons if one))
        return ComparedTable(self.statement.currency, blocks, named, self.of_income)

    def _blocks(self) -> Iterator[ComparedBlock]:
        statement, sections = self.statement, [section for section in self.statement.sections if section.lines]
        yield from (self._section(one) for one in sections if one.kind in TRADING)
        yield self._alone("result", "Gross profit", statement.gross_profit)
        yield from (self._section(one) for one in sections if one.kind in OPERATING - TRADING)
        yield self._alone("result", "Operating profit", statement.operating_profit)
        yield from (self._section(one) for one in sections if one.kind not in OPERATING)
        yield self._alone("result net", "Net profit", statement.net)
        if statement.pending_net.now or statement.pending_net.before:
            yield self._alone("aside", "Pending, in no figure above", statement.pending_net)

    def _section(self, section: ComparedSection) -> ComparedBlock:
        rows = [self._line(line) for line in section.lines]
        if len(rows) > 1:
            rows.append(self._row("sum", f"Total {section.title.lower()}", section.posted))
        if [row.name for row in rows] == [section.title]:
            return ComparedBlock("", (replace(rows[0], kind="line alone"),))
        return ComparedBlock(section.title, tuple(rows))

    def _line(self, line: ComparedLine) -> ComparedRow:
        hrefs = [
            self.links.rows_of(line.category_id, span.first, span.last, self.statement.currency) if has_rows else ""
            for span, has_rows in zip((self.now, self.before), line.has_rows, strict=True)
        ]
        return self._row("line", line.name, line.posted, *hrefs)

    def _alone(self, kind: str, name: str, change: Change) -> ComparedBlock:
        return ComparedBlock("", (self._row(kind, name, change),))

    def _row(self, kind: str, name: str, change: Change, now_href: str = "", before_href: str = "") -> ComparedRow:
        if self.of_income:
            shared = SharedChange.of(change, self._income())
            shown = ShownChange(_share(shared.before), _share(shared.points), "")
            return ComparedRow(kind, name, _share(shared.now), now_href, before_href, shown)
        currency = self.statement.currency
        now = format_minor(change.now, currency)
        return ComparedRow(kind, name, now, now_href, before_href, show_change(change, currency))

    def _income(self) -> Change:
        found = (section.posted for section in self.statement.sections if section.kind == CategoryKind.INCOME)
        return next(found, Change(0, 0))


def _share(tenths: int | None) -> str:
    return NO_SHARE if tenths is None else format_share(tenths)
