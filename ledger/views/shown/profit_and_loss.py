"""Profit and loss as rows of formatted cells, each figure linked to the transactions it sums."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ledger.kinds import CategoryKind
from ledger.money import format_all, format_minor
from ledger.reports.profit_and_loss import Figures, Line, ProfitAndLoss, Section, Statement
from ledger.reports.standing import Span
from ledger.views.shown.change import show_share
from ledger.views.shown.links import Links, posted_within
from ledger.views.shown.months import name_month, name_span

TRADING = frozenset({CategoryKind.INCOME, CategoryKind.COST_OF_SALES})
OPERATING = TRADING | {CategoryKind.OPERATING_EXPENSE}
NOTHING = "–"
MONTHS_OF_PAPER = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A formatted amount; `href` is empty where there is nothing to open."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`kind` is line (also alone where it stands for its whole section), sum (of a section), result (gross profit and its
    like; the last also net) or aside, which no figure counts."""

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
class SliceRow:
    kind: str
    name: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SliceBlock:
    title: str
    rows: tuple[SliceRow, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of the months, as many as fit a sheet of paper; the last slice also has the total of all."""

    columns: tuple[str, ...]
    period: str
    blocks: tuple[SliceBlock, ...]


@dataclass(frozen=True, slots=True)
class StatementTable:
    """`slices` are for paper, and only there for a period that is too long for one sheet."""

    currency: str
    blocks: tuple[Block, ...]
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class ProfitAndLossPage:
    months: tuple[str, ...]
    period: str
    statements: tuple[StatementTable, ...]


def show_profit_and_loss(report: ProfitAndLoss, *, links: Links, of_income: bool = False) -> ProfitAndLossPage:
    """Statements without a single row are left out. `of_income`: every figure as a percentage of its months' income."""
    statements = [statement for statement in report.statements if any(s.lines for s in statement.sections)]
    return ProfitAndLossPage(
        months=tuple(name_month(month) for month in report.months),
        period=name_span(Span(report.months[0], report.months[-1])),
        statements=tuple(
            _Table.of(statement, report.months, links, of_income=of_income).draw() for statement in statements
        ),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """`spans` are the queries for each month and for all of them; `income` is what figures are percentages of, None where
    they are amounts."""

    statement: Statement
    months: Sequence[date]
    links: Links
    spans: Sequence[str]
    income: Figures | None

    @classmethod
    def of(cls, statement: Statement, months: Sequence[date], links: Links, *, of_income: bool) -> "_Table":
        spans = [posted_within(first, last, statement.currency) for first, last in _spans_of(months)]
        return cls(statement, months, links, spans, _income_of(statement, len(months)) if of_income else None)

    def draw(self) -> StatementTable:
        blocks = tuple(self._blocks())
        starts = range(0, len(self.months), MONTHS_OF_PAPER) if len(self.months) > MONTHS_OF_PAPER else ()
        return StatementTable(
            self.statement.currency, blocks, tuple(_slice(blocks, self.months, start) for start in starts)
        )

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
        if [line.name for line in lines] == [section.title]:
            return Block("", (replace(lines[0], kind="line alone"),))
        return Block(section.title, tuple(lines))

    def _result(self, name: str, figures: Figures) -> Block:
        return Block("", (self._sum("result", name, figures),))

    def _line(self, line: Line) -> Row:
        texts = self._texts(line.posted)
        *hrefs, whole = self.links.rows_within(line.category_id, self.spans)
        cells = tuple(
            Cell(text, href) if count else Cell(NOTHING)
            for text, href, count in zip(texts, hrefs, line.counts, strict=True)
        )
        total = Cell(self._total(line.posted).text, whole if any(line.counts) else "")
        return Row("line", line.name, cells, total)

    def _sum(self, kind: str, name: str, figures: Figures) -> Row:
        texts = self._texts(figures, zero=NOTHING)
        return Row(kind, name, tuple(map(Cell, texts)), self._total(figures))

    def _pending(self) -> Row:
        figures, currency = self.statement.pending_net, self.statement.currency
        texts = self._texts(figures, zero=NOTHING)
        cells = tuple(
            Cell(text, self.links.pending_in(month, currency) if minor else "")
            for text, minor, month in zip(texts, figures.by_month, self.months, strict=True)
        )
        return Row("aside", "Pending, in no figure above", cells, self._total(figures))

    def _texts(self, figures: Figures, zero: str | None = None) -> list[str]:
        if self.income is None:
            return format_all(figures.by_month, self.statement.currency, zero=zero)
        return [show_share(minor, whole) for minor, whole in zip(figures.by_month, self.income.by_month, strict=True)]

    def _total(self, figures: Figures) -> Cell:
        if self.income is None:
            return Cell(format_minor(figures.total, self.statement.currency))
        return Cell(show_share(figures.total, self.income.total))


def _income_of(statement: Statement, months: int) -> Figures:
    none = Figures((0,) * months, 0)
    return next((section.posted for section in statement.sections if section.kind == CategoryKind.INCOME), none)


def _slice(blocks: Sequence[Block], months: Sequence[date], start: int) -> Slice:
    end = min(start + MONTHS_OF_PAPER, len(months))
    is_last = end == len(months)

    def texts(row: Row) -> tuple[str, ...]:
        return tuple(cell.text for cell in (*row.cells[start:end], *((row.total,) if is_last else ())))

    names = tuple(name_month(month) for month in months[start:end])
    return Slice(
        columns=(*names, f"Total, {len(months)} months") if is_last else names,
        period=name_span(Span(months[start], months[end - 1])),
        blocks=tuple(
            SliceBlock(block.title, tuple(SliceRow(row.kind, row.name, texts(row)) for row in block.rows))
            for block in blocks
        ),
    )


def _spans_of(months: Sequence[date]) -> Iterator[tuple[date, date]]:
    yield from zip(months, months, strict=True)
    yield months[0], months[-1]
