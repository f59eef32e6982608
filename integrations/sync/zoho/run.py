"""One run over an organisation's books: what all else refers to first, the general ledger last, then the months added up."""

from datetime import timedelta
from uuid import UUID

from integrations.gateway import zoho_for
from integrations.sync.lease import Lease, hold
from integrations.sync.writing import build_months
from integrations.sync.zoho import budget
from integrations.sync.zoho.books import Books, open_books
from integrations.sync.zoho.journals import read_journals
from integrations.sync.zoho.organization import check_organization
from integrations.sync.zoho.pace import until_next
from integrations.sync.zoho.plan import BANK_ACCOUNTS, BANK_LINES, LISTS, POSTINGS
from integrations.sync.zoho.reading import ask, read_list
from integrations.sync.zoho.states import known_accounts
from ledger.kinds import Book

BOOKS = (Book.BOOKS, Book.INVOICES, Book.BILLS)


def sync_books(lease: Lease) -> timedelta:
    """Read all that is due, and say how long the next run can wait.

    Raises ZohoProblem, LeaseLost, SheetsBusy, BaseCurrencyChanged and what the ledger refuses rows with.
    """
    with zoho_for(lease.workspace_id, lease.connection_id) as caller:
        books = open_books(lease, caller)
        check_organization(books)
        for plan in LISTS:
            read_list(books, plan)
        read_list(books, BANK_LINES, _bank_accounts)
        read_journals(books)
        # A reading that was broken off may have begun before something changed: then there is another to come.
        while read_list(books, POSTINGS, _all_accounts):
            pass
    build_months(lease, BOOKS)
    with hold(lease) as held:
        calls = held.run.pages_read
    return until_next(calls, budget.read_left(books.organization_id))


def _all_accounts(books: Books) -> tuple[str, ...]:
    return _known(books)


def _bank_accounts(books: Books) -> tuple[str, ...]:
    """The bank accounts that the chart of accounts has."""
    told = {one.account_id for one in ask(books, BANK_ACCOUNTS, {"page": 1, "per_page": 200}).rows}
    return tuple(one for one in _known(books) if one in told)


def _known(books: Books) -> tuple[str, ...]:
    with hold(books.lease) as held:
        connection_id: UUID = held.connection.pk
        return known_accounts(connection_id)
