"""Profit and loss as rows of formatted cells, each figure linked to the transactions it sums."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.kinds import CategoryKind
from ledger.money import format_all, format_minor
from ledger.reports.profit_and_loss import Figures, Line, ProfitAndLoss, Section, Statement
from ledger.views.shown.links import Links
from ledger.views.shown.months import name_month

TRADING = frozenset({CategoryKind.INCOME, CategoryKind.COST_OF_SALES})
OPERATING = TRADING | {CategoryKind.OPERATING_EXPENSE}
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """A formatted amount; `href` is empty where there is nothing to open."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`kind` is line, sum (of a section), result (gross profit and its like; the last also net) or aside, which no figure
    counts."""

    kind: str
    name: str
    cells: tuple[Cell, ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class Block:
    """A section with its heading; one row alone that is named as its section, and a result, have none."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class StatementTable:
    currency: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ProfitAndLossPage:
    months: tuple[str, ...]
    period: str
    statements: tuple[StatementTable, ...]


def show_profit_and_loss(report: ProfitAndLoss, *, links: Links) -> ProfitAndLossPage:
    """Statements without a single row are left out."""
    statements = [statement for statement in report.statements if any(s.lines for s in statement.sections)]
    return ProfitAndLossPage(
        months=tuple(name_month(month) for month in report.months),
        period=f"{name_month(report.months[0])} to {name_month(report.months[-1])}",
        statements=tuple(_Table(statement, report.months, links).draw() for statement in statements),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    statement: Statement
    months: Sequence[date]
    links: Links

    def draw(self) -> StatementTable:
        return StatementTable(self.statement.currency, tuple(self._blocks()))

    def _blocks(self) -> Iterator[Block]:
        sections = [section for section in self.statement.sections if section.lines]
        trading = [section for section in sections if section.kind in TRADING]
        running = [section for section in sections if section.kind in OPERATING - TRADING]
        others = [section for section in sections if section.kind not in OPERATING]
        yield from map(self._section, trading)
        yield self._result("Gross profit", self.statement.gross_profit)
        yield from map(self._section, running)
        yield self._result("Operating profit", self.statement.operating_profit)
        yield from map(self._section, others)
        yield Block("", (self._sum("result net", "Net profit", self.statement.net),))
        if any(self.statement.pending_net.by_month):
            yield Block("", (self._pending(),))

    def _section(self, section: Section) -> Block:
        lines = [self._line(line) for line in section.lines]
        if len(lines) > 1:
            lines.append(self._sum("sum", f"Total {section.title.lower()}", section.posted))
        says_itself = [line.name for line in lines] == [section.title]
        return Block("" if says_itself else section.title, tuple(lines))

    def _result(self, name: str, figures: Figures) -> Block:
        return Block("", (self._sum("result", name, figures),))

    def _line(self, line: Line) -> Row:
        currency = self.statement.currency
        texts = format_all(line.posted.by_month, currency)
        cells = tuple(
            Cell(text, self.links.rows_of(line.category_id, month, month, currency)) if count else Cell(NOTHING)
            for text, month, count in zip(texts, self.months, line.counts, strict=True)
        )
        href = self.links.rows_of(line.category_id, self.months[0], self.months[-1], currency)
        total = Cell(format_minor(line.posted.total, currency), href if any(line.counts) else "")
        return Row("line", line.name, cells, total)

    def _sum(self, kind: str, name: str, figures: Figures) -> Row:
        texts = format_all(figures.by_month, self.statement.currency, zero=NOTHING)
        return Row(kind, name, tuple(map(Cell, texts)), self._total(figures))

    def _pending(self) -> Row:
        figures, currency = self.statement.pending_net, self.statement.currency
        texts = format_all(figures.by_month, currency, zero=NOTHING)
        cells = tuple(
            Cell(text, self.links.pending_in(month, currency) if minor else "")
            for text, minor, month in zip(texts, figures.by_month, self.months, strict=True)
        )
        return Row("aside", "Pending, in no figure above", cells, self._total(figures))

    def _total(self, figures: Figures) -> Cell:
        return Cell(format_minor(figures.total, self.statement.currency))
