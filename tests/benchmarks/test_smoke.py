"""A small run of the whole benchmark, without limits: it has to produce its figures, and both sides have to agree."""

from datetime import UTC, datetime

import pytest

from tests.benchmarks.place import Site
from tests.benchmarks.plan import SMOKE
from tests.support.environment import Workplace
from vault import roles


@pytest.mark.django_db(transaction=True)
def test_every_figure_is_produced_and_sealed_plain_and_python_sums_are_equal(workplace: Workplace, site: str) -> None:
    from tests.benchmarks.report import draw_report
    from tests.benchmarks.run import run_benchmark

    owner_url = workplace.servers.role_url(roles.OWNER, workplace.database)

    # Raises SidesDisagree when the sums, the counts or the new rows differ.
    results = run_benchmark(SMOKE, owner_url=owner_url, site=Site(site), today=datetime.now(UTC).date())

    lines = [*results.data, *results.pages, *results.fresh]
    assert all(0 < timings.median <= timings.p95 for line in lines for timings in (line.small, line.large))
    assert [loading.rows for loading in results.loadings] == [SMOKE.small, SMOKE.rows, SMOKE.rows]
    report = draw_report(results)
    assert all(line.title in report for line in lines)
