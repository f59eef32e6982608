"""How a run ends: well, in trouble that passes by itself, or in trouble that only a person can end."""

from datetime import timedelta

from django.utils import timezone

from audit.log import Target, record
from audit.models import Event
from config.enqueueing import enqueue_after_commit
from integrations.actions.alerts import close_alerts, request_alerts
from integrations.actions.syncs import open_run
from integrations.models import AlertKind, Connection, RunState, Step, SyncRun, Trigger
from integrations.problems import TROUBLES, Problem, State
from integrations.queues import RUN_SYNC
from integrations.sync.lease import Held, Lease, drop_staged, hold
from integrations.sync.writing import ACTOR
from integrations.timing import after_failure, next_attempt, next_scheduled, while_history_grows

# A shorter wait is left to the queue, a longer one to the sweeper.
SOON_SECONDS = 60


def succeed(lease: Lease, *, wait: timedelta | None = None) -> None:
    """Close the run: the connection is up to date. What was asked for meanwhile gets a run of its own.

    `wait` is until the next one by the clock; None leaves that to how a bank's history grows.
    """
    with hold(lease) as held:
        run, connection = held.run, held.connection
        now = timezone.now()
        run.step, run.problem, run.problem_code = Step.DONE, "", ""
        asked_again = run.again
        _close(run, RunState.SUCCEEDED)
        connection.state, connection.failures, connection.synced_at = State.CONNECTED, 0, now
        connection.problem = ""
        linked_at = connection.restored_at or connection.created_at
        if wait is None:
            wait = next_scheduled() if run.has_history else while_history_grows(now - linked_at)
        connection.due_at = now + wait
        connection.save(update_fields=["state", "failures", "synced_at", "problem", "due_at"])
        close_alerts(actor=ACTOR, connection=connection, kinds=(AlertKind.NEEDED,))
        _record(run)
        if asked_again:
            open_run(actor=ACTOR, connection=connection, trigger=Trigger.AGAIN)


def end_in_trouble(lease: Lease, problem: Problem, *, code: str = "", retry_after: int | None = None) -> None:
    """Let the run wait and try again, or close it as failed. What the connection's page says follows from `TROUBLES`."""
    with hold(lease) as held:
        held.run.problem, held.run.problem_code = problem, code
        if problem != Problem.RATE_LIMITED and not held.run.is_whole:
            _drop(held)
        wait = next_attempt(problem, held.run.attempts, retry_after) if _tries_again(held, problem) else None
        if wait is None and held.run.is_whole:
            # Some of its rows are written: to give up now would leave rows that the bank may never mention again.
            wait = after_failure(held.run.attempts + 1)
        if wait is None:
            _fail(held, problem)
        else:
            held.run.state = RunState.WAITING
            held.run.attempts += 1
            held.run.due_at = timezone.now() + wait
            _mark(held.connection, problem)
            if wait.total_seconds() <= SOON_SECONDS:
                enqueue_after_commit(RUN_SYNC, lease.workspace_id, lease.run_id, seconds=wait.total_seconds())


def put_off(lease: Lease, *, code: str, seconds: int) -> None:
    """Let the run wait for its next calls, and go on then where it is. To be asked to wait is no failure, however often."""
    with hold(lease) as held:
        run = held.run
        run.problem, run.problem_code = Problem.RATE_LIMITED, code
        run.state, run.due_at = RunState.WAITING, timezone.now() + timedelta(seconds=seconds)
        if seconds <= SOON_SECONDS:
            enqueue_after_commit(RUN_SYNC, lease.workspace_id, lease.run_id, seconds=seconds)
        else:
            _mark(held.connection, Problem.RATE_LIMITED)


def end_destroyed(lease: Lease) -> None:
    """Close the run for good: the workspace's key was destroyed. Not recorded, as nothing can be sealed any more."""
    with hold(lease) as held:
        drop_staged(held.run)
        held.run.problem = Problem.DESTROYED
        _close(held.run, RunState.FAILED)
        held.connection.due_at = None
        held.connection.save(update_fields=["due_at"])


def _tries_again(held: Held, problem: Problem) -> bool:
    # While a connection rests, a run is one attempt; being asked to wait, or for patience, is no failure.
    is_no_failure = problem in (Problem.RATE_LIMITED, Problem.NOT_READY)
    return TROUBLES[problem].retries and (is_no_failure or not held.connection.is_resting)


def _fail(held: Held, problem: Problem) -> None:
    _drop(held)
    connection = held.connection
    if _is_overtaken(held):
        _close(held.run, RunState.FAILED)
        _record(held.run)
        open_run(actor=ACTOR, connection=connection, trigger=Trigger.AGAIN)
        return
    connection.failures += 1
    only_a_person_helps = problem in (Problem.NEEDS_REAUTH, Problem.REVOKED)
    connection.due_at = None if only_a_person_helps else timezone.now() + after_failure(connection.failures)
    _mark(connection, problem)
    if only_a_person_helps:
        request_alerts(actor=ACTOR, connection=connection, kind=AlertKind.NEEDED)
    _close(held.run, RunState.FAILED)
    _record(held.run)


def _drop(held: Held) -> None:
    # Of books every page was written as it was read.
    if not held.connection.is_books:
        drop_staged(held.run)


def _mark(connection: Connection, problem: Problem) -> None:
    state = TROUBLES[problem].state
    if state is not None:
        connection.state, connection.problem = state, problem
    connection.save(update_fields=["state", "problem", "failures", "due_at"])


def _is_overtaken(held: Held) -> bool:
    """A person has signed in since the run began: what it met with may be of before, so another one finds out."""
    restored_at, started_at = held.connection.restored_at, held.run.started_at
    return restored_at is not None and started_at is not None and restored_at > started_at


def _close(run: SyncRun, state: RunState) -> None:
    run.state, run.due_at, run.finished_at, run.again = state, None, timezone.now(), False
    run.save()


def _record(run: SyncRun) -> None:
    succeeded = run.state == RunState.SUCCEEDED
    record(
        actor=ACTOR,
        action="integrations.sync.completed" if succeeded else "integrations.sync.failed",
        target=Target("connection", run.connection_id),
        detail={
            "run": str(run.pk),
            "added": run.rows_added,
            "modified": run.rows_modified,
            "removed": run.rows_removed,
            "problem": run.problem,
        },
        outcome=Event.Outcome.SUCCEEDED if succeeded else Event.Outcome.FAILED,
    )
