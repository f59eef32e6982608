"""One whole measurement: two companies of different size are filled, asked, looked at and added to, always in turn."""

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from tests.benchmarks.agreement import check_agreement
from tests.benchmarks.company import Company, choose_own_categories, make_company
from tests.benchmarks.fresh import NewRows, every_month, newest_days
from tests.benchmarks.loading import load
from tests.benchmarks.machine import describe_machine
from tests.benchmarks.memory import own_peak, peaks_of_children
from tests.benchmarks.pages import HUNDRED, TRANSACTIONS, Visitor, list_pages
from tests.benchmarks.place import Site, own_site
from tests.benchmarks.plain import plain_tables
from tests.benchmarks.plan import Plan
from tests.benchmarks.questions import SEALED, list_questions, task_of
from tests.benchmarks.results import NEWEST_DAYS, Edits, Line, Memory, Results
from tests.benchmarks.rows import OWN, Generator
from tests.benchmarks.syncing import FirstSync, sync_over_http
from tests.benchmarks.throughput import Throughput, measure_throughput
from tests.benchmarks.timing import Task, measure_in_turn
from tests.support.environment import Workplace
from tests.support.people import make_person
from vault import roles


def run_benchmark(plan: Plan, *, workplace: Workplace, site: Site, today: date) -> Results:
    """Raises SidesDisagree when sealed sheets, plain text and Python do not say the same, SyncFailed, PageFailed."""
    machine = tuple(describe_machine(today))
    owner_url = workplace.servers.role_url(roles.OWNER, workplace.database)
    user = make_person("bench")
    small, large = (make_company(user, Generator(rows, today)) for rows in (plan.small, plan.rows))
    loadings = load(small), load(large)
    after_loading = own_peak()
    edits = _edit(small, large)
    visitor = Visitor(user, site.address)
    with plain_tables(owner_url, (small, large)):
        for company in (small, large):
            check_agreement(company)
        data = _measure_data(plan, small, large)
        pages = _measure_pages(plan, small, large, visitor)
    at_once = _measure_at_once(plan, large, visitor, owner_url)
    # Another web server, asked for the product's pages alone: what the twins over plain rows take is no part of it.
    with own_site(workplace) as alone:
        web = _measure_memory(plan, large, Visitor(user, alone.address), alone, owner_url)
    fresh = _measure_fresh(plan, small, large)
    at_end = own_peak()
    syncs = _measure_syncs(plan, user, workplace, today)
    return Results(
        plan, machine, loadings, edits, data, pages, at_once, fresh, syncs, Memory(after_loading, at_end, web)
    )


def _edit(small: Company, large: Company) -> Edits:
    choose_own_categories(small)
    rows = sum(len(large.generator.numbers_of(name)) for name in OWN)
    return Edits(len(OWN), rows, choose_own_categories(large).seconds)


def _measure_data(plan: Plan, small: Company, large: Company) -> tuple[Line, ...]:
    tasks = {
        (question.title, way): (task_of(small, ask), task_of(large, ask))
        for question in list_questions()
        for way, ask in question.ways.items()
    }
    return _measure(plan, tasks)


def _measure_pages(plan: Plan, small: Company, large: Company, visitor: Visitor) -> tuple[Line, ...]:
    tasks = {
        (one.title, way): (visitor.task_of(path, one.holds), visitor.task_of(other.ways[way], other.holds))
        for one, other in zip(list_pages(small), list_pages(large), strict=True)
        for way, path in one.ways.items()
    }
    return _measure(plan, tasks)


def _measure_at_once(plan: Plan, large: Company, visitor: Visitor, owner_url: str) -> tuple[Throughput, ...]:
    return tuple(
        measure_throughput(visitor, page.title, page.ways[SEALED], seconds=plan.load_seconds, owner_url=owner_url)
        for page in list_pages(large)
        if page.title in {TRANSACTIONS, HUNDRED, "Overview"}
    )


def _measure_memory(plan: Plan, large: Company, visitor: Visitor, site: Site, owner_url: str) -> tuple[int, ...]:
    _measure_at_once(plan, large, visitor, owner_url)
    for page in list_pages(large):
        open_page = visitor.task_of(page.ways[SEALED], page.holds)
        for _ in range(plan.warm_ups + plan.repetitions):
            open_page()
    return tuple(peaks_of_children(site.pid))


def _measure_fresh(plan: Plan, small: Company, large: Company) -> tuple[Line, ...]:
    new = NewRows(small), NewRows(large)
    kinds = {NEWEST_DAYS: newest_days, "50 new rows in every month": every_month}
    tasks = {
        (title, ""): (lambda days=days: new[0].arrive(days), lambda days=days: new[1].arrive(days))
        for title, days in kinds.items()
    }
    lines = _measure(plan, tasks)
    for one in new:
        one.check()
    return lines


def _measure_syncs(plan: Plan, user: User, workplace: Workplace, today: date) -> tuple[FirstSync, ...]:
    return sync_over_http(user, Generator(plan.synced, today), workplace.environment(), workplace.folder)


def _measure(plan: Plan, tasks: Mapping[tuple[str, str], tuple[Task, Task]]) -> tuple[Line, ...]:
    flat = {(*name, size): task for name, pair in tasks.items() for size, task in zip((0, 1), pair, strict=True)}
    timings = measure_in_turn(flat, plan)
    return tuple(Line(title, way, timings[title, way, 0], timings[title, way, 1]) for title, way in tasks)
