"""The one way by which work goes on whose task or worker was lost: the clock, every fifteen seconds. Ruling 30."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from config.celery import app
from config.demo import programs
from integrations.queues import RUN_SYNC, SWEEP
from integrations.tasks import SWEPT_SECONDS, sweep_at_start
from tests.integrations.faults import expire_lease
from tests.integrations.linked import TaskQueue, assert_synced, last_run, linked_page, newest_connection
from tests.integrations.support import CLIENT_ID, SECRET, Sandbox, wait_for
from tests.support.environment import Workplace
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


def test_the_clock_and_each_start_of_a_worker_ask_for_what_is_due(queue: TaskQueue) -> None:
    asked = [entry["schedule"] for entry in app.conf.beat_schedule.values() if entry["task"] == SWEEP]
    assert asked == [timedelta(seconds=15)]
    sweep_at_start()
    assert queue.discard() == [(SWEEP, [])]


def test_what_a_sweep_asks_for_is_worth_nothing_when_later_sweeps_have_asked_again(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    alice.client.get(linked_page(alice, harbor))
    queue.work(1)
    # Who waits for it asks once, so that stays however long no worker is there.
    assert [one["expires"] for one in queue.headers()] == [None]
    expire_lease(alice, newest_connection(alice))
    before = timezone.now()
    queue.run(SWEEP)
    asked = [one for one in queue.headers() if one["argsrepr"].startswith(f"['{alice.workspace.pk}'")]
    assert [one["task"] for one in asked] == [RUN_SYNC]
    expires = datetime.fromisoformat(asked[0]["expires"])
    assert timedelta(0) <= expires - before - timedelta(seconds=SWEPT_SECONDS) <= timezone.now() - before


@pytest.fixture
def worker_with_clock(workplace: Workplace, harbor: Sandbox) -> Iterator[None]:
    """A worker that is the clock as well, as `make run` has one; it knows the test's own bank."""
    plaid = {"PLAID_BASE_URL": harbor.url, "PLAID_LINK_ORIGIN": harbor.url}
    keys = {"PLAID_CLIENT_ID": CLIENT_ID, "PLAID_SECRET": SECRET, "REDIS_URL": workplace.own_broker_url}
    child = programs.start_worker(
        environment=workplace.environment() | plaid | keys,
        logs=workplace.folder,
        beat=workplace.folder / "beat",
        processes="1",
    )
    try:
        programs.wait_for_worker(child)
        yield
    finally:
        child.stop()


@pytest.mark.usefixtures("worker_with_clock")
def test_a_run_that_everybody_forgot_goes_on_by_the_clock_alone(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    alice.client.get(linked_page(alice, harbor))
    queue.work(1)
    assert [name for name, _ in queue.discard()] == [RUN_SYNC]
    connection = newest_connection(alice)
    expire_lease(alice, connection)
    wait_for(lambda: not last_run(alice, connection).is_open, seconds=120)
    assert_synced(alice, connection)
