"""A small run of the whole benchmark, without limits: it has to produce its figures, and both sides have to agree."""

from datetime import UTC, datetime

import pytest

from tests.benchmarks.place import own_site
from tests.benchmarks.plan import SMOKE
from tests.support.environment import Workplace


@pytest.mark.django_db(transaction=True)
def test_every_figure_is_produced_and_sealed_plain_and_python_sums_are_equal(workplace: Workplace) -> None:
    from tests.benchmarks.bars import judge
    from tests.benchmarks.report import draw_report
    from tests.benchmarks.run import run_benchmark

    # Raises SidesDisagree when the sums, the counts or the new rows differ, SyncFailed when a row did not come by HTTP.
    with own_site(workplace) as site:
        results = run_benchmark(SMOKE, workplace=workplace, site=site, today=datetime.now(UTC).date())

    lines = [*results.data, *results.pages, *results.fresh]
    assert all(0 < timings.median <= timings.p95 for line in lines for timings in (line.small, line.large))
    assert [loading.rows for loading in results.loadings] == [SMOKE.small, SMOKE.rows]
    assert [(sync.order, sync.rows) for sync in results.syncs] == [
        ("by date", SMOKE.synced),
        ("shuffled", SMOKE.synced),
    ]
    report = draw_report(results)
    assert all(line.title in report for line in lines)
    assert all(bar.title in report for bar in judge(results))
    assert sum(one.connections for one in results.at_once) == 0
