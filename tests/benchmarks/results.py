"""What a run gives, and the names by which its bars are found."""

from dataclasses import dataclass

from tests.benchmarks.loading import Loading
from tests.benchmarks.plan import Plan
from tests.benchmarks.syncing import FirstSync
from tests.benchmarks.throughput import Throughput
from tests.benchmarks.timing import Timings

NEWEST_DAYS = "50 new rows of the newest days"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing measured at both sizes; `way` is how it was answered, empty where there is but one way."""

    title: str
    way: str
    small: Timings
    large: Timings

    @property
    def growth(self) -> float:
        return self.large.median / self.small.median


@dataclass(frozen=True, slots=True)
class Edits:
    """Bulk edits by a person: how many, of how many rows in all, and their seconds together."""

    count: int
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Peaks in bytes: of this process after loading, of this process at the end, and of the web server's workers."""

    after_loading: int
    at_end: int
    web: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Results:
    plan: Plan
    machine: tuple[str, ...]
    loadings: tuple[Loading, ...]
    edits: Edits
    data: tuple[Line, ...]
    pages: tuple[Line, ...]
    at_once: tuple[Throughput, ...]
    fresh: tuple[Line, ...]
    syncs: tuple[FirstSync, ...]
    memory: Memory
