"""A small run of the record's benchmark, without limits: what it fills holds, and each page and the export answer."""

import pytest

from tests.benchmarks.plan import Plan
from tests.support.people import make_owner

pytestmark = pytest.mark.django_db(transaction=True)
ONCE = Plan(rows=0, small=0, synced=0, repetitions=1, warm_ups=0)


def test_what_is_filled_holds_and_every_figure_is_produced() -> None:
    from tests.benchmarks.record import measure_filled
    from tests.benchmarks.record_filling import fill_record

    owner = make_owner("bench", "Bench Works")
    # Raises where the record does not hold, a page does not answer, or verify.py finds a fault in the export.
    lines = list(measure_filled(owner, fill_record(owner, 300), 300, ONCE))

    assert any(line.startswith("verification of 1,") for line in lines)
    assert sum(" ms, 95th percentile " in line for line in lines) == 16
    assert lines[-1].startswith("verify.py over all of it")
