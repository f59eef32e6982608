"""How much is measured: from the environment, or the small run that the tests make."""

import os
from dataclasses import dataclass

MOST_SMALL = 10_000
MOST_SHUFFLED = 100_000


class BadPlan(ValueError):
    """The environment asks for something that cannot be measured."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`rows` transactions, and `small` of them in a second company to compare with; each figure is the median of
    `repetitions`, after `warm_ups` that do not count."""

    rows: int
    small: int
    repetitions: int
    warm_ups: int = 3

    @classmethod
    def of(cls, rows: int, repetitions: int) -> "Plan":
        return cls(rows, min(MOST_SMALL, rows // 2), repetitions)

    @property
    def shuffled(self) -> int:
        """How many rows are also loaded in an order of chance."""
        return min(MOST_SHUFFLED, self.rows)


SMOKE = Plan(rows=2_000, small=1_000, repetitions=1, warm_ups=0)


def read_plan() -> Plan:
    """ROWS and REPEAT of the environment. Raises BadPlan."""
    rows, repetitions = _number("ROWS", 100_000, least=2_000), _number("REPEAT", 30, least=1)
    return Plan.of(rows, repetitions)


def _number(name: str, default: int, *, least: int) -> int:
    text = os.environ.get(name, str(default)).replace(",", "").replace("_", "")
    if not text.isdecimal() or int(text) < least:
        raise BadPlan(f"{name} has to be a whole number of at least {least:,}")
    return int(text)
