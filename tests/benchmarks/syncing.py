"""How fast a first sync is: the product's own worker, a bank over HTTP in pages of 500 rows, until figures are there."""

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from celery import current_app

from accounts.access import workspace_scope
from accounts.actions import create_workspace
from accounts.models import User
from config.demo import programs
from integrations.actions import request_sync
from integrations.models import Connection, ItemFacts, RunState, SyncRun, Trigger
from ledger.reports.transactions import TransactionFilter, list_transactions
from tests.benchmarks.bank import MadeUpBank, OpenBank, open_bank
from tests.benchmarks.company import ACTOR
from tests.benchmarks.loading import Sizes, grown_since, read_sizes
from tests.benchmarks.memory import peaks_of_children
from tests.benchmarks.rows import CURRENCY, Generator

LONGEST = 900


class SyncFailed(AssertionError):
    """A first sync did not end well, or did not bring every row."""


@dataclass(frozen=True, slots=True)
class FirstSync:
    """`seconds` from the run's start to its end; `worker` is the highest resident size of the worker's process, in bytes."""

    order: str
    rows: int
    seconds: float
    grown: Sizes
    worker: int

    @property
    def rows_a_second(self) -> float:
        return self.rows / self.seconds


def sync_over_http(
    owner: User, generator: Generator, environment: Mapping[str, str], folder: Path
) -> tuple[FirstSync, ...]:
    """All rows by date, then all in an order of chance, in which each page touches nearly every month."""
    shuffled = list(range(generator.rows))
    random.Random(1).shuffle(shuffled)  # noqa: S311 - the same order each time
    banks = MadeUpBank("ins_by_date", generator, range(generator.rows)), MadeUpBank("ins_shuffled", generator, shuffled)
    with open_bank(folder, banks, generator.today) as bank, _worker(bank, environment, folder) as worker:
        return tuple(
            _sync(owner, bank, one, order, worker) for one, order in zip(banks, ("by date", "shuffled"), strict=True)
        )


@contextmanager
def _worker(bank: OpenBank, environment: Mapping[str, str], folder: Path) -> Iterator[int]:
    """A worker with one process; its first process's id."""
    # What others have asked for is no part of it.
    current_app.control.purge()
    there = {"PLAID_BASE_URL": bank.address, "PLAID_LINK_ORIGIN": bank.address}
    worker = programs.start_worker(environment={**environment, **there}, logs=folder, beat=None, processes="1")
    try:
        programs.wait_for_worker(worker)
        yield worker.process.pid
    finally:
        worker.stop()


def _sync(owner: User, bank: OpenBank, made_up: MadeUpBank, order: str, worker: int) -> FirstSync:
    workspace_id = create_workspace(actor=ACTOR, owner=owner, name="Benchmark", base_currency=CURRENCY).pk
    item_id, access_token = bank.link(made_up)
    before = read_sizes(workspace_id)
    with workspace_scope(workspace_id):
        facts = ItemFacts(item_id=item_id, institution=made_up.name, institution_id=made_up.id)
        connection = Connection.objects.create(facts=facts, access_token=access_token)
        run = request_sync(actor=ACTOR, connection_id=connection.pk, trigger=Trigger.FIRST)
    seconds = wait_for_run(workspace_id, run.pk)
    _check(workspace_id, len(made_up.numbers))
    return FirstSync(
        order,
        len(made_up.numbers),
        seconds,
        grown_since(before, workspace_id),
        max(peaks_of_children(worker), default=0),
    )


def wait_for_run(workspace_id: UUID, run_id: UUID) -> float:
    """The seconds from a run's start to its end. Raises SyncFailed."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        time.sleep(0.1)
        with workspace_scope(workspace_id):
            run = SyncRun.objects.get(pk=run_id)
        if run.started_at and run.finished_at and run.state == RunState.SUCCEEDED:
            return (run.finished_at - run.started_at).total_seconds()
        if not run.is_open or run.problem:
            raise SyncFailed(f"The sync stopped: {run.state} {run.problem}")
    raise SyncFailed("The sync took too long")


def _check(workspace_id: UUID, rows: int) -> None:
    with workspace_scope(workspace_id):
        page = list_transactions(TransactionFilter())
    if page.count != rows or not page.freshness.is_current:
        raise SyncFailed(f"{page.count:,} of {rows:,} rows are in the figures")
