"""A worker that is killed at any moment of a sync is followed by one that brings the ledger to the same values."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from integrations.models import RunState, Step
from integrations.providers.secret import Secret
from tests.integrations.linked import TaskQueue
from tests.integrations.support import CLIENT_ID, FIRST_HARBOR, SECRET, TODAY, Sandbox
from tests.proofs.conftest import Thoroughness
from tests.proofs.killing import Workers, finish, found_company, kill_after, seconds_of
from tests.proofs.opened import Opened, read_opened
from tests.support.environment import Workplace
from tests.support.leftovers import put_off_leftovers

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

FEW = 5
DAYS_OF_NEWS = 120
ROWS_A_PAGE = 40


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path, largest_page=ROWS_A_PAGE)
    yield sandbox
    sandbox.stop()


@pytest.fixture
def access(bank: Sandbox) -> Secret:
    """A bank with two years of rows and months of news on them: rows that are added, changed, settled and gone again
    within one update of many pages."""
    bank.day = TODAY - timedelta(days=DAYS_OF_NEWS)
    token = bank.link(FIRST_HARBOR)
    bank.client.sync_transactions(token, None)
    bank.day = TODAY
    return token


@pytest.fixture
def workers(workplace: Workplace, bank: Sandbox, queue: TaskQueue) -> Iterator[Workers]:
    """The first of them. What the test itself enqueues goes to a queue of its own: a worker that journeys have left would
    take it, and ask a bank that knows nothing of it."""
    plaid = {"PLAID_BASE_URL": bank.url, "PLAID_LINK_ORIGIN": bank.url}
    plaid |= {"PLAID_CLIENT_ID": CLIENT_ID, "PLAID_SECRET": SECRET}
    put_off_leftovers()
    workers = Workers(workplace, workplace.environment() | plaid)
    workers.start()
    yield workers
    workers.stop()


def sync_undisturbed(workers: Workers, access: Secret) -> tuple[Opened, float]:
    """What an undisturbed sync leaves, and its seconds."""
    company = found_company(access)
    workers.ask(company)
    run = finish(company)
    assert (run.state, run.fence) == (RunState.SUCCEEDED, 1), run.problem
    assert run.pages_read > 15
    assert run.months_built > 20
    assert run.rows_modified
    return read_opened(company.workspace_id, company.connection.pk), seconds_of(run)


def test_a_sync_that_is_killed_anywhere_ends_with_the_values_of_an_undisturbed_one(
    workers: Workers, access: Secret, thoroughness: Thoroughness
) -> None:
    rounds = thoroughness.or_else(FEW)
    thoroughness.say(f"\n{rounds} kills, --seed={thoroughness.seed}")
    dice = random.Random(thoroughness.seed)  # noqa: S311 - repeatable on purpose, and nothing secret
    expected, longest = sync_undisturbed(workers, access)
    kills, late, began = Counter[str](), 0, time.monotonic()
    while kills.total() < rounds:
        company = found_company(access)
        run = kill_after(workers, company, dice.uniform(0, longest))
        workers.start()
        if not run.is_open:
            late += 1
            longest = seconds_of(run)
            continue
        kills[Step(run.step).label] += 1
        ended = finish(company)
        assert (ended.state, ended.fence) == (RunState.SUCCEEDED, 2), (run.step, ended.problem)
        found = read_opened(company.workspace_id, company.connection.pk)
        assert found == expected, (run.step, found.differences(expected))
        if kills.total() % 10 == 0:
            minutes = (time.monotonic() - began) / 60
            thoroughness.say(
                f"{kills.total():4} of {rounds} killed and equal, {minutes:5.1f} min, {late} came too late"
            )
    thoroughness.say(f"{len(expected.rows):,} rows, equal {kills.total()} times; killed while: {dict(kills)}")
