"""A small run of the books' benchmark, without limits: it has to produce its figures, and the sums have to be right."""

from datetime import UTC, datetime

import pytest

from tests.benchmarks.books import measure_books
from tests.benchmarks.plan import Plan


@pytest.mark.django_db(transaction=True)
def test_every_figure_is_produced_and_every_sum_is_right() -> None:
    plan = Plan(rows=0, small=0, synced=0, repetitions=1, warm_ups=0)
    # Raises SumsDisagree.
    lines = list(measure_books(300, plan, datetime.now(UTC).date()))
    assert lines[0].startswith("300 invoices and 900 postings")
    assert len(lines) == 13
