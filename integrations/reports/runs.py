"""Runs in a person's words: what one is at, how far it is, and what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils import timezone

from config.moments import name_day_and_time, name_moment
from integrations.models import RunState, Step, SyncRun, Trigger
from integrations.problems import Problem, said_of

HISTORY = 8
ORDER = (Step.ACCOUNTS, Step.READING, Step.WRITING, Step.FIGURES)


class Reached(StrEnum):
    """Where a step of a run is."""

    DONE = "done"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One of the steps of a run. `percent` is None where how much there is to do is not known."""

    label: str
    reached: Reached
    detail: str
    percent: int | None


@dataclass(frozen=True, slots=True)
class RunProgress:
    """An open run. `next_try` ("within a minute", "at 12:03 CET") is empty while the run does not wait."""

    connection_id: UUID
    step: str
    detail: str
    steps: tuple[StepLine, ...]
    has_begun: bool
    is_waiting: bool
    next_try: str


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in the history. `seconds` is how long it took, None where it never started."""

    started_at: datetime
    started: str
    trigger: str
    state: str
    tone: str
    outcome: str
    pages: str
    added: str
    modified: str
    removed: str
    skipped: str
    seconds: float | None


def describe_progress(run: SyncRun, *, is_books: bool = False) -> RunProgress:
    """What an open run is at, of a bank or of books."""
    is_waiting = run.state == RunState.WAITING
    return RunProgress(
        connection_id=run.connection_id,
        step=said_of(RunState.WAITING.label if is_waiting else Step(run.step).label, is_books=is_books),
        detail=_detail(run, Step(run.step)),
        steps=describe_steps(run, is_books=is_books),
        has_begun=bool(run.step),
        is_waiting=is_waiting,
        next_try=_name_wait(run.due_at) if is_waiting and run.due_at else "",
    )


def describe_steps(run: SyncRun, *, is_books: bool = False) -> tuple[StepLine, ...]:
    """All that a run goes through, in order, with what is known of each. Books are written as they are read."""
    step = Step(run.step)
    at = len(ORDER) if step == Step.DONE else ORDER.index(step) if step else -1
    return tuple(
        _step_line(run, one, place - at, is_books=is_books)
        for place, one in enumerate(ORDER)
        if not (is_books and one == Step.WRITING)
    )


def describe_run(run: SyncRun, *, is_books: bool = False) -> RunLine:
    """One line of the history, of a bank or of books."""
    state = RunState(run.state)
    started_at = run.started_at or run.created_at
    return RunLine(
        started_at=started_at,
        started=name_day_and_time(started_at),
        trigger=said_of(Trigger(run.trigger).label, is_books=is_books),
        state=state.label,
        tone={RunState.SUCCEEDED: "ok", RunState.FAILED: "bad"}.get(state, "busy"),
        outcome=_outcome(run, is_books=is_books),
        pages=f"{run.pages_written:,}",
        added=f"{run.rows_added:,}",
        modified=f"{run.rows_modified:,}",
        removed=f"{run.rows_removed:,}",
        skipped=f"{run.rows_skipped:,}",
        seconds=_seconds(run),
    )


def _step_line(run: SyncRun, step: Step, ahead: int, *, is_books: bool) -> StepLine:
    reached = Reached.NOW if ahead == 0 else Reached.DONE if ahead < 0 else Reached.LATER
    is_reached = reached != Reached.LATER
    return StepLine(
        label=said_of(step.label, is_books=is_books),
        reached=reached,
        detail=_detail(run, step) if is_reached else "",
        percent=_percent(run, step) if reached == Reached.NOW else None,
    )


def _name_wait(until: datetime) -> str:
    now = timezone.now()
    return "within a minute" if until - now < timedelta(minutes=1) else f"at {name_moment(until, now)}"


def _detail(run: SyncRun, step: Step) -> str:
    if step == Step.READING and run.rows_read:
        return f"{counted(run.rows_read, 'row')} so far" if step == run.step else counted(run.rows_read, "row")
    if step == Step.WRITING and run.pages_read:
        return f"{run.pages_written:,} of {counted(run.pages_read, 'page')}"
    if step == Step.FIGURES and run.months_stale:
        return f"{run.months_built} of {counted(run.months_stale, 'month')}"
    return ""


def counted(number: int, word: str) -> str:
    """A number and what it counts, in English: 1 row, 4,500 rows."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _percent(run: SyncRun, step: Step) -> int | None:
    if step == Step.WRITING and run.pages_read:
        return 100 * run.pages_written // run.pages_read
    if step == Step.FIGURES and run.months_stale:
        return 100 * run.months_built // run.months_stale
    return None


def _outcome(run: SyncRun, *, is_books: bool) -> str:
    step = said_of(Step(run.step).label, is_books=is_books)
    if run.problem and run.state != RunState.SUCCEEDED:
        where = f", while {step[0].lower()}{step[1:]}" if run.step in ORDER else ""
        return f"{said_of(Problem(run.problem).label, is_books=is_books)}{where}"
    if run.is_open:
        return step
    if not run.rows_added + run.rows_modified + run.rows_removed:
        return "Nothing new"
    return "Up to date"


def _seconds(run: SyncRun) -> float | None:
    if run.started_at is None:
        return None
    return ((run.finished_at or timezone.now()) - run.started_at).total_seconds()
