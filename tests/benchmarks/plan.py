"""How much is measured: from the environment, or the small run that the tests make."""

import os
from dataclasses import dataclass

MOST_SMALL = 10_000
MOST_SYNCED = 100_000


class BadPlan(ValueError):
    """The environment asks for something that cannot be measured."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`rows` transactions, and `small` of them in a second company to compare with; `synced` over HTTP in each of two
    orders. Each figure is the median of `repetitions`, after `warm_ups` that do not count; pages are asked for at once
    for `load_seconds`."""

    rows: int
    small: int
    synced: int
    repetitions: int
    warm_ups: int = 3
    load_seconds: float = 10.0

    @classmethod
    def of(cls, rows: int, repetitions: int) -> "Plan":
        return cls(rows, min(MOST_SMALL, rows // 2), min(MOST_SYNCED, rows), repetitions)


SMOKE = Plan(rows=20_000, small=2_000, synced=2_000, repetitions=1, warm_ups=0, load_seconds=0.5)


def read_plan() -> Plan:
    """ROWS and REPEAT of the environment. Raises BadPlan."""
    rows, repetitions = _number("ROWS", 100_000, least=2_000), _number("REPEAT", 30, least=1)
    return Plan.of(rows, repetitions)


def _number(name: str, default: int, *, least: int) -> int:
    text = os.environ.get(name, str(default)).replace(",", "").replace("_", "")
    if not text.isdecimal() or int(text) < least:
        raise BadPlan(f"{name} has to be a whole number of at least {least:,}")
    return int(text)
