"""A small run of the books' benchmark, without limits: it has to produce its figures, and the sums have to be right."""

import re
from datetime import UTC, datetime

import pytest

from tests.benchmarks.books import measure_books, measure_first_sync
from tests.benchmarks.plan import Plan
from tests.integrations.sandbox.zoho_reader import EUROPE
from tests.support.environment import Workplace


@pytest.mark.django_db(transaction=True)
def test_every_figure_is_produced_and_every_sum_is_right() -> None:
    plan = Plan(rows=0, small=0, synced=0, repetitions=1, warm_ups=0)
    # Raises SumsDisagree.
    lines = list(measure_books(300, plan, datetime.now(UTC).date()))
    assert lines[0].startswith("300 invoices and 900 postings")
    assert len(lines) == 13


@pytest.mark.django_db(transaction=True)
def test_a_first_sync_over_http_brings_all_rows_and_says_how_fast(workplace: Workplace) -> None:
    # Raises SyncFailed.
    line = measure_first_sync(workplace, EUROPE, "EUR")
    assert re.search(r" rows in \d+\.\d s by \d+ calls, of them \d+ invoices and [\d,]+ postings; worker \d+ MB$", line)
