"""What is promised of a million rows, each promise beside its figure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.pages import HUNDRED, STATEMENT, TRANSACTIONS
from tests.benchmarks.plain import ROWS
from tests.benchmarks.questions import SEALED
from tests.benchmarks.questions import STATEMENT as STATEMENT_DATA
from tests.benchmarks.results import NEWEST_DAYS, Line, Results

ROWS_OF_BARS = 1_000_000
MEGABYTE = 1_000_000
# Pages whose time must not depend on how many rows there are, by how much they may grow.
STEADY = {STATEMENT: 1.3, "Overview": 1.5, "Cash": 1.5, TRANSACTIONS: 1.5, "Transactions of an account": 1.5}


@dataclass(frozen=True, slots=True)
class Bar:
    """`limit` in words, the figure of this run, and whether it keeps to it."""

    title: str
    limit: str
    figure: str
    is_met: bool


def judge(results: Results) -> tuple[Bar, ...]:
    """The bars in order. They are of a million rows; a smaller run's say less."""
    return tuple(
        bar
        for bars in (_against_plain, _steady, _scanning, _fresh, _first_sync, _memory, _at_once)
        for bar in bars(results)
    )


def _against_plain(results: Results) -> Iterator[Bar]:
    for name, lines, title, least in (
        ("page", results.pages, STATEMENT, 10),
        ("data part", results.data, STATEMENT_DATA, 100),
    ):
        times = _line(lines, title, ROWS).large.median / _line(lines, title).large.median
        yield _least(f"Profit and loss, {name}: faster than over plain rows", times, least, "{:.1f} ×")


def _steady(results: Results) -> Iterator[Bar]:
    for title, most in STEADY.items():
        yield _most(
            f"{title}: times itself at {results.plan.small:,}", _line(results.pages, title).growth, most, "{:.2f}"
        )


def _scanning(results: Results) -> Iterator[Bar]:
    more = results.plan.rows - results.plan.small
    for line in results.pages:
        if line.way == SEALED and line.title not in STEADY:
            each = (line.large.median - line.small.median) / more * 1e9
            yield _most(f"{line.title}: nanoseconds a row", each, 50, "{:.0f}")


def _fresh(results: Results) -> Iterator[Bar]:
    yield _most(f"{NEWEST_DAYS}: times itself", _line(results.fresh, NEWEST_DAYS, "").growth, 3, "{:.2f}")


def _first_sync(results: Results) -> Iterator[Bar]:
    for sync in results.syncs:
        yield _least(f"First sync over HTTP, {sync.order}: rows a second", sync.rows_a_second, 4_000, "{:,.0f}")


def _memory(results: Results) -> Iterator[Bar]:
    worker = max(sync.worker for sync in results.syncs)
    yield _most("Worker, megabytes", worker / MEGABYTE, 400, "{:.0f}")
    yield _most("Web server's process, megabytes", max(results.memory.web) / MEGABYTE, 130, "{:.0f}")


def _at_once(results: Results) -> Iterator[Bar]:
    for one in results.at_once:
        if one.title == HUNDRED:
            yield _least(f"{HUNDRED}: pages a second", one.pages_a_second, 120, "{:.0f}")
    opened = sum(one.connections for one in results.at_once)
    yield _most("Connections to the database opened by requests", opened, 0, "{:.0f}")


def _line(lines: Sequence[Line], title: str, way: str = SEALED) -> Line:
    return next(line for line in lines if (line.title, line.way) == (title, way))


def _least(title: str, figure: float, limit: float, form: str) -> Bar:
    return Bar(title, f"at least {form.format(limit)}", form.format(figure), figure >= limit)


def _most(title: str, figure: float, limit: float, form: str) -> Bar:
    return Bar(title, f"at most {form.format(limit)}", form.format(figure), figure <= limit)
