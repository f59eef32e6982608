"""The lease on a run: one worker at a time, for a bounded time, and a worker that has lost it can no longer write."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from accounts.access import workspace_scope
from integrations.models import Connection, RunState, StagedPage, Step, SyncRun
from integrations.timing import LEASE


class LeaseLost(RuntimeError):
    """Another worker has the run now, or it is over."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's right to one run. `is_whole`: all was read by a worker before, and only writing is left. `is_books`: it is
    over books, of which every page is written as it is read.
    """

    workspace_id: UUID
    run_id: UUID
    connection_id: UUID
    fence: int
    is_whole: bool
    is_books: bool


@dataclass(frozen=True, slots=True)
class Held:
    """The connection and the run, locked until the transaction ends. The run is saved with it."""

    connection: Connection
    run: SyncRun


def take_lease(workspace_id: UUID, run_id: UUID) -> Lease | None:
    """The lease on a run that waits for a worker, or whose worker let its lease run out; None for any other."""
    with workspace_scope(workspace_id):
        found = SyncRun.objects.filter(pk=run_id).first()
        if found is None:
            return None
        connection = Connection.objects.select_for_update(no_key=True).get(pk=found.connection_id)
        run = SyncRun.objects.select_for_update().get(pk=run_id)
        if not _is_free(run) or connection.is_disconnected:
            return None
        if run.state == RunState.RUNNING and not run.is_whole and not connection.is_books:
            drop_staged(run)
        _begin(run, goes_on=run.is_whole or (connection.is_books and run.started_at is not None))
        return Lease(workspace_id, run.pk, connection.pk, run.fence, run.is_whole, connection.is_books)


@contextmanager
def hold(lease: Lease) -> Iterator[Held]:
    """A short transaction under the lease, which it extends. Raises LeaseLost, and then nothing is written."""
    with workspace_scope(lease.workspace_id):
        connection = Connection.objects.select_for_update(no_key=True).get(pk=lease.connection_id)
        mine = SyncRun.objects.select_for_update().filter(pk=lease.run_id, fence=lease.fence, state=RunState.RUNNING)
        run = mine.first()
        if run is None:
            raise LeaseLost("Another worker has this run, or it is over")
        run.due_at = timezone.now() + LEASE
        yield Held(connection, run)
        run.save()


def drop_staged(run: SyncRun) -> None:
    """Forget what was read of an update that is broken off."""
    StagedPage.objects.filter(run=run).delete()
    run.pages_read = run.rows_read = run.rows_skipped = 0
    run.is_whole = False


def _is_free(run: SyncRun) -> bool:
    if not run.is_open or run.due_at is None:
        return False
    return run.state == RunState.QUEUED or run.due_at <= timezone.now()


def _begin(run: SyncRun, *, goes_on: bool) -> None:
    # Whatever was asked for until now, this worker is going to read, unless some or all was read before.
    run.again = run.again and goes_on
    run.fence += 1
    run.state = RunState.RUNNING
    run.step = Step.WRITING if run.is_whole else Step.ACCOUNTS
    run.due_at = timezone.now() + LEASE
    run.started_at = run.started_at or timezone.now()
    run.save()
