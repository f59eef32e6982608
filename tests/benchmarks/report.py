"""The results as aligned text."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from tests.benchmarks.bars import MEGABYTE, ROWS_OF_BARS, judge
from tests.benchmarks.loading import Loading, Sizes
from tests.benchmarks.questions import SEALED
from tests.benchmarks.results import Line, Memory, Results
from tests.benchmarks.syncing import FirstSync
from tests.benchmarks.throughput import VISITORS


def draw_report(results: Results) -> str:
    """Everything that was measured; times are milliseconds."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Results) -> Iterator[str]:
    plan = results.plan
    heads = ["", f"{plan.small:,}", "p95", f"{plan.rows:,}", "p95", "growth"]
    yield from results.machine
    yield f"Median of {plan.repetitions} after {plan.warm_ups} warm-ups, and the 95th percentile; milliseconds"
    yield from _writing(results)
    yield from _title("DATA PART: fetch, unwrap the key, open, compute; nothing kept between two but the opened key")
    yield from _draw_table([[*heads, "sealed is"], *_compared(results.data)])
    yield "Sums by category and counts of searches were equal: sealed, plain and Python, at both sizes."
    yield from _title("PAGES: real web server, signed in, request to last byte; the same page over plain rows below it")
    yield from _draw_table([[*heads, "sealed is"], *_compared(results.pages)])
    yield from _title(f"AT ONCE: {VISITORS} visitors on the same machine, {plan.rows:,} rows")
    for one in results.at_once:
        opened = f"{one.connections} connections to the database opened"
        yield f"{one.title}: {one.pages:,} pages in {one.seconds:.1f} s, {one.pages_a_second:.0f} a second; {opened}"
    yield from _title("FRESH: written, merged into the sheets and committed, then seen in the reports")
    yield from _draw_table([heads, *(_cells(line.title, line) for line in results.fresh)])
    yield from _memory(results.memory)
    yield from _bars(results)


def _writing(results: Results) -> Iterator[str]:
    yield from _title("FIRST SYNC: the worker, from a bank over HTTP in pages of 500 rows, until the figures are there")
    yield from _draw_table([["rows", "order", "rows/s", "seconds", *SIZES], *map(_sync_cells, results.syncs)])
    yield from _title("WRITING ALONE: pages of 500 rows, each committed, then each month rebuilt once")
    yield from _draw_table([["rows", "rows/s", "pages s", "rebuild s", *SIZES], *map(_loading_cells, results.loadings)])
    edits = results.edits
    yield f"{edits.count} bulk edits over {edits.rows:,} rows in 36 months: {edits.seconds / edits.count * 1000:.0f} ms each"


def _memory(memory: Memory) -> Iterator[str]:
    yield from _title("MEMORY: highest resident size")
    yield f"loading process {_megabytes(memory.after_loading)} MB, with all questions {_megabytes(memory.at_end)} MB"
    yield f"web server's processes {', '.join(map(_megabytes, memory.web))} MB"


def _bars(results: Results) -> Iterator[str]:
    yield from _title(f"BARS: promised of {ROWS_OF_BARS:,} rows, measured here at {results.plan.rows:,}")
    cells = [[bar.title, bar.limit, bar.figure, "met" if bar.is_met else "NOT MET"] for bar in judge(results)]
    yield from _draw_table([["", "promised", "measured", ""], *cells])


def _title(words: str) -> Iterator[str]:
    yield from ("", words, "")


SIZES = ["WAL MB", "rows MB", "indexes MB", "sheets MB"]


def _sync_cells(sync: FirstSync) -> list[str]:
    speed = [f"{sync.rows_a_second:,.0f}", f"{sync.seconds:.1f}"]
    return [f"{sync.rows:,}", sync.order, *speed, *_size_cells(sync.grown)]


def _loading_cells(loading: Loading) -> list[str]:
    seconds = [f"{loading.page_seconds:.1f}", f"{loading.rebuild_seconds:.1f}"]
    return [f"{loading.rows:,}", f"{loading.rows_a_second:,.0f}", *seconds, *_size_cells(loading.grown)]


def _size_cells(grown: Sizes) -> list[str]:
    return [*map(_megabytes, (grown.wal, grown.rows, grown.indexes, grown.sheets))]


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
    return [title, *(f"{seconds * 1000:.1f}" for seconds in times), f"× {line.growth:.2f}"]


def _ratio(times: float) -> str:
    return f"{times:.1f} × faster" if times >= 1 else f"{1 / times:.1f} × slower"


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f}" if size < 10 * MEGABYTE else f"{size / MEGABYTE:.0f}"


def _draw_table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()
