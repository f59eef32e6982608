"""Measuring in turn: every round runs each task once, so that what disturbs the machine disturbs all alike."""

import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self, TypeVar

from tests.benchmarks.plan import Plan

# Runs once and says how many seconds of it count.
Task = Callable[[], float]
Name = TypeVar("Name")


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds of each repetition."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        ordered = sorted(self.seconds)
        return ordered[math.ceil(len(ordered) * 0.95) - 1]


def measure_in_turn(tasks: Mapping[Name, Task], plan: Plan) -> dict[Name, Timings]:
    """Timings by task."""
    seconds: dict[Name, list[float]] = {name: [] for name in tasks}
    for _ in range(plan.warm_ups):
        for task in tasks.values():
            task()
    for _ in range(plan.repetitions):
        for name, task in tasks.items():
            seconds[name].append(task())
    return {name: Timings(tuple(taken)) for name, taken in seconds.items()}


class Stopwatch:
    """Adds up the seconds spent inside its blocks."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __enter__(self) -> Self:
        self._started = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._started
