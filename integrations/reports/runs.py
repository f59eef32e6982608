"""Runs in a person's words: what one is at, how far it is, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from integrations.models import RunState, Step, SyncRun, Trigger
from integrations.problems import TROUBLES, Problem

HISTORY = 8


@dataclass(frozen=True, slots=True)
class RunProgress:
    """An open run. `percent` is None where how much there is to do is not known. Times are UTC."""

    connection_id: UUID
    step: str
    detail: str
    percent: int | None
    is_waiting: bool
    sentence: str
    next_try: datetime | None


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in the history. `seconds` is how long it took, None where it never started."""

    started_at: datetime
    trigger: str
    state: str
    tone: str
    outcome: str
    pages: int
    added: int
    modified: int
    removed: int
    skipped: int
    seconds: float | None


def describe_progress(run: SyncRun) -> RunProgress:
    """What an open run is at."""
    is_waiting = run.state == RunState.WAITING
    return RunProgress(
        connection_id=run.connection_id,
        step=RunState.WAITING.label if is_waiting else Step(run.step).label,
        detail=_detail(run),
        percent=_percent(run),
        is_waiting=is_waiting,
        sentence=TROUBLES[Problem(run.problem)].sentence if is_waiting and run.problem else "",
        next_try=run.due_at if is_waiting else None,
    )


def describe_run(run: SyncRun) -> RunLine:
    """One line of the history."""
    state = RunState(run.state)
    return RunLine(
        started_at=run.started_at or run.created_at,
        trigger=Trigger(run.trigger).label,
        state=state.label,
        tone={RunState.SUCCEEDED: "ok", RunState.FAILED: "bad"}.get(state, "busy"),
        outcome=_outcome(run),
        pages=run.pages_written,
        added=run.rows_added,
        modified=run.rows_modified,
        removed=run.rows_removed,
        skipped=run.rows_skipped,
        seconds=_seconds(run),
    )


def _detail(run: SyncRun) -> str:
    if run.step == Step.READING and run.rows_read:
        return f"{run.rows_read:,} rows read so far"
    if run.step == Step.WRITING and run.pages_read:
        return f"{run.pages_written:,} of {run.pages_read:,} pages written"
    if run.step == Step.FIGURES and run.months_stale:
        return f"{run.months_built} of {run.months_stale} months added up"
    return ""


def _percent(run: SyncRun) -> int | None:
    if run.step == Step.WRITING and run.pages_read:
        return 100 * run.pages_written // run.pages_read
    if run.step == Step.FIGURES and run.months_stale:
        return 100 * run.months_built // run.months_stale
    return None


def _outcome(run: SyncRun) -> str:
    if run.problem and run.state != RunState.SUCCEEDED:
        return Problem(run.problem).label
    if run.is_open:
        return Step(run.step).label
    if not run.rows_added + run.rows_modified + run.rows_removed:
        return "Nothing new"
    return "Up to date"


def _seconds(run: SyncRun) -> float | None:
    if run.started_at is None:
        return None
    return ((run.finished_at or timezone.now()) - run.started_at).total_seconds()
