"""Fifty new rows, merged at once: what a page of a daily sync costs until every report shows it."""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count

from accounts.access import workspace_scope
from ledger.reports.transactions import TransactionFilter, list_transactions
from tests.benchmarks.agreement import SidesDisagree
from tests.benchmarks.company import Company, apply_page
from tests.benchmarks.questions import ask_statement
from tests.benchmarks.rows import TRANSFER, Generator

NEW = 50
DAYS_OF_NEWEST = 10


class NewRows:
    """New rows for one company, and what its reports have to show once they are in."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.numbers: Iterator[int] = count(company.rows)
        self.count, self.net = _read_reports(company)

    def arrive(self, day_of: Callable[[Generator, int], date]) -> float:
        """Fifty more come in one page; the seconds of writing and merging them, the commit included."""
        generator = self.company.generator
        numbers = [next(self.numbers) for _ in range(NEW)]
        feeds = [generator.feed(number, day_of(generator, place)) for place, number in enumerate(numbers)]
        started = time.perf_counter()
        apply_page(self.company, feeds, merge=True)
        taken = time.perf_counter() - started
        self.count += NEW
        self.net += sum(
            feed.amount_minor
            for number, feed in zip(numbers, feeds, strict=True)
            if generator.category_of(number) != TRANSFER
        )
        return taken

    def check(self) -> None:
        """Raises SidesDisagree unless the reports show every new row."""
        if (self.count, self.net) != _read_reports(self.company):
            raise SidesDisagree(f"The reports of {self.company.rows:,} rows do not show what came in")


def newest_days(generator: Generator, place: int) -> date:
    return generator.today - timedelta(days=place % DAYS_OF_NEWEST)


def every_month(generator: Generator, place: int) -> date:
    return generator.first_month + (generator.today - generator.first_month) * place // NEW


def _read_reports(company: Company) -> tuple[int, int]:
    with workspace_scope(company.workspace.pk):
        (statement,) = ask_statement(company).statements
        return list_transactions(TransactionFilter()).count, statement.net.total
