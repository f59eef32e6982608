"""The same questions to sealed sheets and to plain text, each asked in the workspace's scope and as the web role.

What counts on the sealed side is all of a report: fetching, unwrapping the key, opening, computing, opening the names.
What counts on the plain side is its statements and fetching their rows.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from accounts.access import workspace_scope
from ledger.kinds import Book
from ledger.reports.overview import Overview, overview
from ledger.reports.position import Asked, Position, cash_page
from ledger.reports.profit_and_loss import ProfitAndLoss, profit_and_loss
from ledger.reports.standing import Span
from ledger.reports.summaries import months_back
from ledger.reports.transactions import Order, TransactionFilter, TransactionPage, list_transactions
from ledger.sheets.reading import Part, read_sheets
from tests.benchmarks.company import Company
from tests.benchmarks.plain import LIKE, ROLL_UP, ROWS, ask_flows, ask_page, ask_sums
from tests.benchmarks.rows import CATEGORIES, HINTED, MONTHS
from tests.benchmarks.timing import Task
from vault import keyring

STATEMENT = "Profit and loss, 36 months × 60 categories"
SEALED, NUMBERS = "sealed", "sealed, from every row's numbers"
ACCOUNT, CATEGORY = "checking", HINTED[0].origin
# One row, one row in forty, one row in four.
SEARCHES = {"one row": "0000123", "a counterparty": "cedar logistics", "a common word": "purchase"}

Ask = Callable[[Company], object]


@dataclass(frozen=True, slots=True)
class Question:
    """One question and the ways to answer it, by name; the sealed one comes first."""

    title: str
    ways: Mapping[str, Ask]


def list_questions() -> tuple[Question, ...]:
    """Everything that is asked, in the order it is printed."""
    statement: dict[str, Ask] = {
        SEALED: ask_statement,
        NUMBERS: _ask_numbers,
        ROWS: ask_sums(ROWS),
        ROLL_UP: ask_sums(ROLL_UP),
    }
    return (
        Question(STATEMENT, statement),
        Question("Profit and loss, key not yet opened", {SEALED: _ask_cold_statement}),
        Question("Overview", {SEALED: ask_overview, ROWS: ask_flows(ROWS), ROLL_UP: ask_flows(ROLL_UP)}),
        Question("Cash, three months", {SEALED: ask_cash}),
        _list("newest 50", lambda _: TransactionFilter()),
        _list(
            "newest 50 of an account",
            lambda company: TransactionFilter(accounts=(company.accounts[ACCOUNT],)),
            "account_id = %s",
            lambda company: [company.accounts[ACCOUNT]],
        ),
        _list(
            "newest 50 of a category",
            lambda company: TransactionFilter(categories=(company.categories[CATEGORY],)),
            "category_id = %s",
            lambda company: [company.categories[CATEGORY]],
        ),
        _list("largest 50", lambda _: TransactionFilter(order=Order.LARGEST), order="minor"),
        *(_search(name, words) for name, words in SEARCHES.items()),
    )


def task_of(company: Company, ask: Ask) -> Task:
    """Asks in a transaction and scope of its own; both sides need them alike, and neither's count."""

    def run() -> float:
        with workspace_scope(company.workspace.pk):
            started = time.perf_counter()
            ask(company)
            return time.perf_counter() - started

    return run


def ask_statement(company: Company) -> ProfitAndLoss:
    return profit_and_loss(first=company.generator.first_month, last=company.generator.today)


def ask_overview(company: Company) -> Overview:
    return overview(today=company.generator.today)


def ask_cash(company: Company) -> Position:
    today = company.generator.today
    return cash_page(Asked(on=today, period=Span(months_back(today, 2), today)), today=today)


def ask_search(words: str) -> Callable[[Company], TransactionPage]:
    return lambda _: list_transactions(TransactionFilter(text=words))


def ask_plain_search(words: str) -> Callable[[Company], tuple[int, int]]:
    return ask_page(LIKE, lambda _: [f"%{words}%"] * 3)


def _ask_cold_statement(company: Company) -> object:
    keyring._opened.clear()
    return ask_statement(company)


def _ask_numbers(company: Company) -> object:
    """The sums of a profit and loss without its summaries, for what they save."""
    grid = np.zeros((MONTHS, CATEGORIES * 2), np.int64)
    months = read_sheets(Book.BANK, [Part.NUMBERS], first=company.generator.first_month)
    for sums, month in zip(grid, months, strict=True):
        np.add.at(sums, month.numbers.category, month.numbers.minor)
    return grid


def _list(
    title: str,
    wanted: Callable[[Company], TransactionFilter],
    where: str = "true",
    parameters: Callable[[Company], list[object]] = lambda _: [],
    order: str = "date",
) -> Question:
    ways: dict[str, Ask] = {
        SEALED: lambda company: list_transactions(wanted(company)),
        ROWS: ask_page(where, parameters, order),
    }
    return Question(f"Transactions, {title}, with totals", ways)


def _search(name: str, words: str) -> Question:
    return Question(
        f"Search that finds {name}, with totals", {SEALED: ask_search(words), ROWS: ask_plain_search(words)}
    )
