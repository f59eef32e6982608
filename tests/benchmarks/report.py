"""The results as aligned text."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from tests.benchmarks.loading import Loading
from tests.benchmarks.questions import SEALED
from tests.benchmarks.run import Line, Results

MEGABYTE = 1_000_000


def draw_report(results: Results) -> str:
    """Everything that was measured; times are milliseconds."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Results) -> Iterator[str]:
    plan, edits, memory = results.plan, results.edits, results.memory
    heads = ["", f"{plan.small:,}", "p95", f"{plan.rows:,}", "p95", "growth"]
    yield from results.machine
    yield f"Median of {plan.repetitions} after {plan.warm_ups} warm-ups, and the 95th percentile; milliseconds"
    yield from (
        "",
        "FIRST SYNC: pages of 500 rows, then each month rebuilt once; one process, every page committed",
        "",
    )
    yield from _draw_table([LOADING_HEADS, *(_loading_cells(loading) for loading in results.loadings)])
    yield f"{edits.count} bulk edits over {edits.rows:,} rows in 36 months: {edits.seconds / edits.count * 1000:.0f} ms each"
    yield from ("", "DATA PART: fetch, unwrap the key, open, compute; nothing kept between two but the opened key", "")
    yield from _draw_table([[*heads, "sealed is"], *_compared(results.data)])
    yield "Sums by category and counts of searches were equal: sealed, plain and Python, at both sizes."
    yield from ("", "PAGES: real web server, signed in, request to last byte", "")
    yield from _draw_table([heads, *(_cells(line.title, line) for line in results.pages)])
    yield from ("", "FRESH: written, merged into the sheets and committed, then seen in the reports", "")
    yield from _draw_table([heads, *(_cells(line.title, line) for line in results.fresh)])
    yield from ("", "MEMORY: highest resident size", "")
    yield f"loading process {_megabytes(memory.after_loading)} MB, with all questions {_megabytes(memory.at_end)} MB"
    if memory.web:
        yield f"web server's workers {', '.join(map(_megabytes, memory.web))} MB"


LOADING_HEADS = ["rows", "order", "rows/s", "pages s", "rebuild s", "WAL MB", "rows MB", "indexes MB", "sheets MB"]


def _loading_cells(loading: Loading) -> list[str]:
    grown = loading.grown
    return [
        f"{loading.rows:,}",
        loading.order,
        f"{loading.rows_a_second:,.0f}",
        f"{loading.page_seconds:.1f}",
        f"{loading.rebuild_seconds:.1f}",
        *map(_megabytes, (grown.wal, grown.rows, grown.indexes, grown.sheets)),
    ]


def _compared(lines: Iterable[Line]) -> Iterator[list[str]]:
    for title, group in groupby(lines, lambda line: line.title):
        ways = list(group)
        sealed = next(line for line in ways if line.way == SEALED)
        yield [*_cells(title, sealed), ""]
        for line in ways:
            if line is not sealed:
                yield [*_cells(f"  {line.way}", line), _ratio(line.large.median / sealed.large.median)]


def _cells(title: str, line: Line) -> list[str]:
    times = (line.small.median, line.small.p95, line.large.median, line.large.p95)
    return [title, *(f"{seconds * 1000:.1f}" for seconds in times), f"× {line.large.median / line.small.median:.2f}"]


def _ratio(times: float) -> str:
    return f"{times:.1f} × faster" if times >= 1 else f"{1 / times:.1f} × slower"


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f}" if size < 10 * MEGABYTE else f"{size / MEGABYTE:.0f}"


def _draw_table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()
