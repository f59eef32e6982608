"""`python -m tests.benchmarks.books`: the books' reports over sealed sheets, on servers of its own. Writes no file.

DOCUMENTS says of how many invoices (20,000 unless it does), with three postings each. Measured is the data part: fetching
the sealed sheets, opening them, adding up, opening names. Then the sandbox's largest organisation is synced over HTTP.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

from tests.benchmarks.place import own_workplace
from tests.benchmarks.plan import Plan
from tests.support.environment import Workplace

DOCUMENTS = 20_000
# The sandbox's organisation of 20,000 invoices and some 60,000 postings.
BULK = "801460943"
REPEATED = Plan(rows=0, small=0, synced=0, repetitions=30)


class SumsDisagree(AssertionError):
    """The reports do not say what the rows were made of."""


def measure_books(documents: int, plan: Plan, today: date) -> Iterator[str]:
    """Fills a company of its own and asks it, in turn. Raises SumsDisagree."""
    from ledger.books_kinds import Resource
    from tests.benchmarks.books_company import make_books_company
    from tests.benchmarks.timing import measure_in_turn
    from tests.support.people import make_person

    company = make_books_company(make_person("bench"), documents, today)
    invoices, postings = company.invoices, list(company.postings)
    seconds = company.apply(Resource.INVOICES, invoices).seconds + company.apply(Resource.POSTINGS, postings).seconds
    rebuilding = company.rebuild().seconds
    rows = len(invoices) + len(postings)
    yield f"{len(invoices):,} invoices and {len(postings):,} postings in pages of 200, each committed"
    yield _line("first reading", f"{rows / (seconds + rebuilding):,.0f} rows/s, of it rebuilding {rebuilding:.1f} s")
    again = company.apply(Resource.POSTINGS, postings, sweep=2).seconds
    yield _line("postings read again, unchanged", f"{len(postings) / again:,.0f} rows/s")
    _check(company.workspace_id, company.owed(), documents, today)
    asked = {title: partial(_asked, company.workspace_id, ask) for title, ask in _questions(today).items()}
    for title, timings in measure_in_turn(asked, plan).items():
        yield _line(title, f"{timings.median * 1000:.1f} ms, 95th percentile {timings.p95 * 1000:.1f}")


def measure_first_sync(workplace: Workplace, organization_id: str, base_currency: str) -> str:
    """One line about a sync of an organisation of the sandbox, by a worker of its own. Raises SyncFailed."""
    from tests.benchmarks.books_syncing import sync_books_over_http
    from tests.support.people import make_person

    folder = workplace.folder / "books"
    folder.mkdir(exist_ok=True)
    synced = sync_books_over_http(make_person("bench"), organization_id, base_currency, workplace.environment(), folder)
    return _line(
        "first sync over HTTP",
        f"{synced.rows / synced.seconds:,.0f} rows/s: {synced.rows:,} rows in {synced.seconds:.1f} s by {synced.calls:,} calls, "
        f"of them {synced.invoices:,} invoices and {synced.postings:,} postings; worker {synced.worker / 1e6:.0f} MB",
    )


def _questions(today: date) -> dict[str, Callable[[], object]]:
    from ledger.books_kinds import ContactKind, DocumentKind
    from ledger.reports import books

    def invoices(wanted: books.DocumentFilter) -> Callable[[], object]:
        return partial(books.list_documents, DocumentKind.INVOICE, wanted, today=today)

    return {
        "Receivables by age and currency": partial(books.read_ageing, books.Side.RECEIVABLE, today=today, most=0),
        "Receivables, 100 contacts who owe most": partial(
            books.read_ageing, books.Side.RECEIVABLE, today=today, most=100
        ),
        "Receivables by age, contact and currency": partial(books.read_ageing, books.Side.RECEIVABLE, today=today),
        "Invoices by status": partial(books.read_document_tabs, DocumentKind.INVOICE, today=today),
        "Newest 50 invoices, with their sums": invoices(books.DocumentFilter()),
        "Largest 50 invoices": invoices(books.DocumentFilter(order=books.DocumentOrder.LARGEST)),
        "Invoices with a word": invoices(books.DocumentFilter(text="inv-00007")),
        "50 customers with what is open": partial(books.list_contacts, ContactKind.CUSTOMER, today=today),
        "Trial balance": partial(books.read_trial_balance, last=today),
        "Accrual profit and loss, 36 months": partial(
            books.accrual_profit_and_loss, first=today - timedelta(days=36 * 30), last=today
        ),
    }


def _asked(workspace_id: UUID, ask: Callable[[], object]) -> float:
    from accounts.access import workspace_scope

    with workspace_scope(workspace_id):
        started = time.perf_counter()
        ask()
        return time.perf_counter() - started


def _check(workspace_id: UUID, owed: int, documents: int, today: date) -> None:
    from accounts.access import workspace_scope
    from ledger.books_kinds import DocumentKind
    from ledger.reports import books

    with workspace_scope(workspace_id):
        (base,) = books.read_ageing(books.Side.RECEIVABLE, today=today).bases
        tabs = books.read_document_tabs(DocumentKind.INVOICE, today=today)
        balance = books.read_trial_balance(last=today)
    if (base.aged.total, tabs.all.count) != (owed, documents):
        raise SumsDisagree("receivables and what was invoiced are two things")
    if not balance.is_balanced or any(one.net for one in balance.currencies):
        raise SumsDisagree("the trial balance is no balance")


def _line(title: str, figure: str) -> str:
    return f"{title:<42}{figure}"


def main() -> None:
    documents = int(os.environ.get("DOCUMENTS", str(DOCUMENTS)))
    with own_workplace() as workplace:
        for line in measure_books(documents, REPEATED, datetime.now(UTC).date()):
            print(line, flush=True)
        print(measure_first_sync(workplace, BULK, "USD"))


if __name__ == "__main__":
    main()
