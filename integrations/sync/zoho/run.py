"""One run over an organisation's books: what all else refers to first, the general ledger last, then the months added up."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from integrations import zoho_budget
from integrations.gateway import zoho_for
from integrations.providers.zoho_errors import BadAnswer, Down, NotThere, RequestRejected, ZohoProblem
from integrations.providers.zoho_messages import PER_PAGE
from integrations.sync.lease import Lease, hold
from integrations.sync.writing import build_months
from integrations.sync.zoho.books import Books, open_books
from integrations.sync.zoho.organization import check_organization
from integrations.sync.zoho.pace import until_next
from integrations.sync.zoho.plan import ACCOUNTS, BANK_ACCOUNTS, BANK_LINES, JOURNALS, LISTS, POSTINGS
from integrations.sync.zoho.reading import ask, read_list
from integrations.sync.zoho.states import known_accounts
from ledger.kinds import Book

BOOKS = (Book.BOOKS, Book.INVOICES, Book.BILLS)

OF_ONE_LIST = (RequestRejected, NotThere, BadAnswer)


def sync_books(lease: Lease) -> timedelta:
    """Read all that is due, and say how long the next run can wait.

    A list that Zoho refuses, or answers with what cannot be understood, stops no other: its problem is raised once the rest
    is read and added up. Raises ZohoProblem, LeaseLost, SheetsBusy, BaseCurrencyChanged and what the ledger refuses rows with.
    """
    with zoho_for(lease.workspace_id, lease.connection_id) as caller:
        books = open_books(lease, caller)
        check_organization(books)
        # Without the accounts nothing else can be read: what is posted is asked for by account.
        read_list(books, ACCOUNTS)
        problem = _read_each(_readings(books))
    build_months(lease, BOOKS)
    if problem is not None:
        raise problem
    with hold(lease) as held:
        calls = held.run.pages_read
    return until_next(calls, zoho_budget.read_left(books.organization_id))


def _readings(books: Books) -> list[Callable[[], object]]:
    return [
        *(partial(read_list, books, plan) for plan in LISTS),
        partial(read_list, books, BANK_LINES, _bank_accounts),
        partial(read_list, books, JOURNALS),
        partial(_read_ledger, books),
    ]


def _read_each(readings: list[Callable[[], object]]) -> ZohoProblem | None:
    """Read one list after the other; the first problem that was one list's alone, if there was one."""
    first: ZohoProblem | None = None
    for read in readings:
        try:
            read()
        except ZohoProblem as problem:
            if not _is_of_one_list(problem):
                raise
            first = first or problem
    return first


def _is_of_one_list(problem: ZohoProblem) -> bool:
    """Whether the next list may be read all the same: also after Zoho's own "500", which tells of that list."""
    return isinstance(problem, OF_ONE_LIST) or (isinstance(problem, Down) and problem.error_code.isdigit())


def _read_ledger(books: Books) -> None:
    # A reading that was broken off may have begun before something changed: then there is another to come.
    while read_list(books, POSTINGS, _known):
        pass


def _bank_accounts(books: Books) -> tuple[str, ...]:
    """The bank accounts that the chart of accounts has."""
    told: set[str] = set()
    number, has_more = 1, True
    while has_more:
        page = ask(books, BANK_ACCOUNTS, {"page": number, "per_page": PER_PAGE}, page=number)
        given = {one.account_id for one in page.rows}
        if page.has_more and given <= told:
            raise BadAnswer
        told |= given
        number, has_more = number + 1, page.has_more
    return tuple(one for one in _known(books) if one in told)


def _known(books: Books) -> tuple[str, ...]:
    with hold(books.lease) as held:
        connection_id: UUID = held.connection.pk
        return known_accounts(connection_id)
