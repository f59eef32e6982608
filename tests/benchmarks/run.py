"""One whole measurement: two companies of different size are filled, asked, looked at and added to, always in turn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tests.benchmarks.agreement import check_agreement
from tests.benchmarks.company import Company, choose_own_categories, make_company
from tests.benchmarks.fresh import NewRows, every_month, newest_days
from tests.benchmarks.loading import Loading, load_by_date, load_shuffled
from tests.benchmarks.machine import describe_machine
from tests.benchmarks.memory import own_peak, peaks_of_children
from tests.benchmarks.pages import Visitor, list_pages
from tests.benchmarks.place import Site
from tests.benchmarks.plain import plain_tables
from tests.benchmarks.plan import Plan
from tests.benchmarks.questions import list_questions, task_of
from tests.benchmarks.rows import OWN, Generator
from tests.benchmarks.timing import Task, Timings, measure_in_turn
from tests.support.people import make_person


@dataclass(frozen=True, slots=True)
class Line:
    """One thing measured at both sizes; `way` is how it was answered, empty where there is but one way."""

    title: str
    way: str
    small: Timings
    large: Timings


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
    fresh: tuple[Line, ...]
    memory: Memory


def run_benchmark(plan: Plan, *, owner_url: str, site: Site, today: date) -> Results:
    """Raises SidesDisagree when sealed sheets, plain text and Python do not say the same."""
    machine = tuple(describe_machine(today))
    user = make_person("bench")
    small, large = (make_company(user, Generator(rows, today)) for rows in (plan.small, plan.rows))
    loadings = [load_by_date(small), load_by_date(large)]
    after_loading = own_peak()
    choose_own_categories(small)
    edits = Edits(
        len(OWN), sum(len(large.generator.numbers_of(name)) for name in OWN), choose_own_categories(large).seconds
    )
    with plain_tables(owner_url, (small, large)):
        for company in (small, large):
            check_agreement(company)
        data = _measure_data(plan, small, large)
    pages = _measure_pages(plan, small, large, Visitor(user, site.address))
    fresh = _measure_fresh(plan, small, large)
    loadings.append(load_shuffled(make_company(user, Generator(plan.shuffled, today))))
    web = peaks_of_children(site.pid) if site.pid else []
    memory = Memory(after_loading, own_peak(), tuple(web))
    return Results(plan, machine, tuple(loadings), edits, data, pages, fresh, memory)


def _measure_data(plan: Plan, small: Company, large: Company) -> tuple[Line, ...]:
    tasks = {
        (question.title, way): (task_of(small, ask), task_of(large, ask))
        for question in list_questions()
        for way, ask in question.ways.items()
    }
    return _measure(plan, tasks)


def _measure_pages(plan: Plan, small: Company, large: Company, visitor: Visitor) -> tuple[Line, ...]:
    pairs = zip(list_pages(small).items(), list_pages(large).values(), strict=True)
    tasks = {(title, ""): (visitor.task_of(*one), visitor.task_of(*other)) for (title, one), other in pairs}
    return _measure(plan, tasks)


def _measure_fresh(plan: Plan, small: Company, large: Company) -> tuple[Line, ...]:
    new = NewRows(small), NewRows(large)
    kinds = {"50 new rows of the newest days": newest_days, "50 new rows in every month": every_month}
    tasks = {
        (title, ""): (lambda days=days: new[0].arrive(days), lambda days=days: new[1].arrive(days))
        for title, days in kinds.items()
    }
    lines = _measure(plan, tasks)
    for one in new:
        one.check()
    return lines


def _measure(plan: Plan, tasks: Mapping[tuple[str, str], tuple[Task, Task]]) -> tuple[Line, ...]:
    flat = {(*name, size): task for name, pair in tasks.items() for size, task in zip((0, 1), pair, strict=True)}
    timings = measure_in_turn(flat, plan)
    return tuple(Line(title, way, timings[title, way, 0], timings[title, way, 1]) for title, way in tasks)
