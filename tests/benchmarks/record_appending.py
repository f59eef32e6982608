"""Appending to the record against a plain insert of the same row, in turn, with two writers on one workspace (ruling 32)."""

import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from uuid import UUID, uuid4

from django.db import connections
from django.utils import timezone

from accounts.access import workspace_scope
from audit.log import Actor, Target, record
from audit.models import Event
from tests.support.people import Persona

WRITERS, ROUNDS, EACH = 2, 15, 150
BAR = 1.5
# Of a sealed value of 64 padded bytes.
SEALED_BYTES = 97


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and where."""

    workspace_id: UUID
    user_id: UUID


Deed = Callable[[Writer], None]


def compare_appending(person: Persona) -> Iterator[str]:
    """The ratio of the medians of rounds that take turns; a transaction for each event, as a request has."""
    writer = Writer(person.workspace.pk, person.user.pk)
    taken: dict[str, list[float]] = {name: [] for name in DEEDS}
    connections.close_all()
    # Processes, as the web's are: two threads would wait for one another in Python.
    with ProcessPoolExecutor(WRITERS, mp_context=get_context("fork")) as pool:
        for number in range(ROUNDS + 1):
            for name in DEEDS:
                seconds = _round(pool, name, writer)
                if number:
                    taken[name].append(seconds)
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    for name, seconds in medians.items():
        yield f"{name:<42}{WRITERS * EACH / seconds:8,.0f} a second, {WRITERS} writers, one workspace"
    ratio = medians["record()"] / medians["plain insert"]
    yield f"{'record() takes':<42}{ratio:8.2f} times a plain insert, promised {BAR}: {'met' if ratio <= BAR else 'NOT MET'}"


def _round(pool: ProcessPoolExecutor, name: str, writer: Writer) -> float:
    started = time.perf_counter()
    list(pool.map(_write, [name] * WRITERS, [writer] * WRITERS))
    return time.perf_counter() - started


def _write(name: str, writer: Writer) -> None:
    for _ in range(EACH):
        with workspace_scope(writer.workspace_id):
            DEEDS[name](writer)


def _record(writer: Writer) -> None:
    actor, target = Actor.person(writer.user_id), Target("category", uuid4())
    detail = {"name": "Travel", "kind": "operating_expense"}
    record(actor=actor, action="ledger.category.created", target=target, detail=detail)


def _insert(writer: Writer) -> None:
    Event.objects.create(
        format=1,
        occurred_at=timezone.now(),
        action="ledger.category.created",
        outcome=Event.Outcome.SUCCEEDED,
        actor_kind=Event.ActorKind.PERSON,
        actor_id=writer.user_id,
        target_kind="category",
        target_id=uuid4(),
        sealed_detail=bytes(SEALED_BYTES),
        sealed_personal=bytes(2 * SEALED_BYTES),
    )


DEEDS: dict[str, Deed] = {"plain insert": _insert, "record()": _record}
