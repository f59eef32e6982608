"""The table of lists: where each is, what says that it has changed, and how often all of it is read.

`last_modified_time` exists for some lists only, deletions are told of none: hence windows over the last weeks, and readings
of everything once a day, of the lines of accounts once a week. Sources: Zoho's OpenAPI files, v3, and what the wire shows.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations import zoho_books
from integrations.models import BooksList, ReadingKind
from integrations.providers import zoho_rows
from integrations.providers.zoho_messages import Row
from ledger.books_kinds import Resource

DAILY = dt.timedelta(days=1)
WEEKLY = dt.timedelta(days=7)

# Zoho's clock and ours differ, and a row may become visible a little after it was stamped.
OVERLAP = dt.timedelta(minutes=5)
WINDOW = dt.timedelta(days=45)

_BY_CREATION = {"sort_column": "created_time", "sort_order": "A", "filter_by": "Status.All"}


@dataclass(frozen=True, slots=True)
class ListPlan:
    """One list, of which `zoho_scopes` says what scope it needs.

    `news` is how a reading between two of everything goes; with NONE there is no way, and a long list is left alone until
    all of it is due. `by_account`: read account by account. A list without `resource` leaves no rows in the ledger.
    """

    name: BooksList
    path: str
    keys: tuple[str, ...]
    read: Callable[[Row], Any]
    news: ReadingKind
    resource: Resource | None = None
    to_feed: Callable[..., Any] | None = None
    every: dt.timedelta = DAILY
    parameters: tuple[tuple[str, str], ...] = ()
    day_parameter: str = "date_start"
    by_account: bool = False


ACCOUNTS = ListPlan(
    BooksList.ACCOUNTS,
    "/chartofaccounts",
    ("chartofaccounts",),
    zoho_rows.read_account,
    ReadingKind.CHANGES,
    Resource.ACCOUNTS,
    zoho_books.account_feed,
    parameters=(("filter_by", "AccountType.All"),),
)
LISTS = (
    ListPlan(
        BooksList.CONTACTS,
        "/contacts",
        ("contacts",),
        zoho_rows.read_contact,
        ReadingKind.NONE,
        Resource.CONTACTS,
        zoho_books.contact_feed,
        parameters=tuple(_BY_CREATION.items()),
    ),
    ListPlan(
        BooksList.INVOICES,
        "/invoices",
        ("invoices",),
        zoho_rows.read_invoice,
        ReadingKind.CHANGES,
        Resource.INVOICES,
        zoho_books.invoice_feed,
        parameters=tuple(_BY_CREATION.items()),
    ),
    ListPlan(
        BooksList.BILLS,
        "/bills",
        ("bills",),
        zoho_rows.read_bill,
        ReadingKind.CHANGES,
        Resource.BILLS,
        zoho_books.bill_feed,
        parameters=tuple(_BY_CREATION.items()),
    ),
    ListPlan(
        BooksList.CREDIT_NOTES,
        "/creditnotes",
        ("creditnotes",),
        zoho_rows.read_credit_note,
        ReadingKind.WINDOW,
        Resource.CREDIT_NOTES,
        zoho_books.credit_note_feed,
        parameters=tuple(_BY_CREATION.items()),
    ),
    ListPlan(
        BooksList.EXPENSES,
        "/expenses",
        ("expenses",),
        zoho_rows.read_expense,
        ReadingKind.WINDOW,
        Resource.EXPENSES,
        zoho_books.expense_feed,
        parameters=tuple(_BY_CREATION.items()),
    ),
    ListPlan(
        BooksList.CUSTOMER_PAYMENTS,
        "/customerpayments",
        ("customerpayments", "customer_payments"),
        zoho_rows.read_customer_payment,
        ReadingKind.WINDOW,
        Resource.CUSTOMER_PAYMENTS,
        zoho_books.customer_payment_feed,
    ),
    ListPlan(
        BooksList.VENDOR_PAYMENTS,
        "/vendorpayments",
        ("vendorpayments", "vendor_payments"),
        zoho_rows.read_vendor_payment,
        ReadingKind.CHANGES,
        Resource.VENDOR_PAYMENTS,
        zoho_books.vendor_payment_feed,
    ),
)

BANK_LINES = ListPlan(
    BooksList.BANK_LINES,
    "/banktransactions",
    ("banktransactions",),
    zoho_rows.read_bank_line,
    ReadingKind.WINDOW,
    Resource.BANK_LINES,
    zoho_books.bank_line_feed,
    every=WEEKLY,
    parameters=(("filter_by", "Status.All"),),
    by_account=True,
)
JOURNALS = ListPlan(
    BooksList.JOURNALS,
    "/journals",
    ("journals",),
    zoho_rows.read_journal,
    ReadingKind.CHANGES,
)
POSTINGS = ListPlan(
    BooksList.POSTINGS,
    "/chartofaccounts/transactions",
    ("transactions",),
    zoho_rows.read_line,
    ReadingKind.WINDOW,
    Resource.POSTINGS,
    zoho_books.posting_feed,
    every=WEEKLY,
    day_parameter="date.start",
    by_account=True,
)

BANK_ACCOUNTS = ListPlan(
    BooksList.BANK_LINES, "/bankaccounts", ("bankaccounts",), zoho_rows.read_bank_account, ReadingKind.NONE
)
ORGANIZATION = ListPlan(
    BooksList.ORGANIZATION,
    "/organizations",
    ("organizations",),
    zoho_rows.read_organization,
    ReadingKind.NONE,
)
