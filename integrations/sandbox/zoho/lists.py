"""The lists of Zoho Books: what each is called, needs and accepts, and how its pages are wrapped."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from integrations.sandbox.zoho import documents, money, people
from integrations.sandbox.zoho.books.facts import Waiting
from integrations.sandbox.zoho.books.state import Standing
from integrations.sandbox.zoho.books.view import Books
from integrations.sandbox.zoho.documents import Row
from integrations.sandbox.zoho.errors import bad_value, not_there
from integrations.sandbox.zoho.query import Query

Context = Literal["object", "array", "absent"]
JOURNALS = ("journal",)
BANK_TYPES = ("bank", "credit_card", "cash")


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing in a list before it is written down: what it is sorted and filtered by, and the thing."""

    date: date
    key: str
    modified: datetime
    thing: Any


@dataclass(frozen=True, slots=True)
class List:
    """`name` is the key of the rows in the answer, `specified` the one in the published specification, if it differs.

    Only some lists have last_modified_time as a filter, and only some say whether there is a further page.
    """

    path: str
    name: str
    scope: str
    context: Context
    find: Callable[[Books, Query], Iterable[Listed]]
    write: Callable[[Books, Any], Row]
    by_modified: bool = False
    specified: str = ""


def _contacts(books: Books, query: Query) -> Iterable[Listed]:
    for one in books.facts.contacts:
        yield Listed(people.FOUNDED, one.key, books.modified(one.key, people.FOUNDED), one)


def _accounts(books: Books, query: Query) -> Iterable[Listed]:
    for one in books.facts.accounts:
        yield Listed(people.FOUNDED, one.code, books.modified(one.key, people.FOUNDED), one)


def _bank_accounts(books: Books, query: Query) -> Iterable[Listed]:
    return (one for one in _accounts(books, query) if one.thing.type in BANK_TYPES)


def _documents(kind: str) -> Callable[[Books, Query], Iterable[Listed]]:
    def found(books: Books, query: Query) -> Iterable[Listed]:
        return (_listed_document(books, one) for one in books.standing.values() if one.document.kind == kind)

    return found


def _listed_document(books: Books, one: Standing) -> Listed:
    key = one.document.key
    return Listed(one.document.date, key, books.modified(key, one.touched), one)


def _payments(side: str) -> Callable[[Books, Query], Iterable[Listed]]:
    def found(books: Books, query: Query) -> Iterable[Listed]:
        for one in books.facts.payments:
            if one.side == side and one.date <= books.day:
                yield Listed(one.date, one.key, books.modified(one.key, one.date), one)

    return found


def _expenses(books: Books, query: Query) -> Iterable[Listed]:
    for one in books.facts.expenses:
        if one.booked <= books.day:
            yield Listed(one.date, one.key, books.modified(one.key, one.booked), one)


def _journals(books: Books, query: Query) -> Iterable[Listed]:
    for one in books.facts.moves:
        if one.kind in JOURNALS and one.date <= books.day:
            yield Listed(one.date, one.key, books.modified(one.key, one.date), one)


def _bank_transactions(books: Books, query: Query) -> Iterable[Listed]:
    """Of one account or of all; those that wait for somebody come with filter_by=Status.Uncategorized or All."""
    wanted = query.text("account_id")
    status = query.text("filter_by").removeprefix("Status.") or "All"
    for account in books.facts.accounts:
        if account.type not in BANK_TYPES or wanted not in ("", books.id("account", account.key)):
            continue
        if status in {"All", "Uncategorized"}:
            for waits in books.uncategorized.get(account.key, ()):
                yield Listed(waits.date, waits.key, books.modified(waits.key, waits.date), waits)
        if status != "Uncategorized":
            for one in books.ledger.get(account.key, ()):
                key = f"{one.entry.source}:{one.position}"
                yield Listed(one.entry.date, key, books.modified(key, one.entry.date), one)


def _write_bank_transaction(books: Books, one: Any) -> Row:
    waits = isinstance(one, Waiting)
    return money.waiting_transaction(books, one) if waits else money.bank_transaction(books, one)


def _lines(books: Books, query: Query) -> Iterable[Listed]:
    """The lines of one account, which has to be named."""
    wanted = query.text("account_id")
    if not wanted:
        raise bad_value("account_id")
    account = next((one for one in books.facts.accounts if books.id("account", one.key) == wanted), None)
    if account is None:
        raise not_there("Account")
    kind = query.text("transaction_type")
    for one in books.ledger.get(account.key, ()):
        if kind in ("", one.entry.kind):
            key = f"{one.entry.source}:{one.entry.kind}:{one.position:03d}"
            yield Listed(one.entry.date, key, books.modified(key, one.entry.date), one)


LISTS = (
    List("/chartofaccounts", "chartofaccounts", "accountants", "absent", _accounts, people.account, by_modified=True),
    List("/chartofaccounts/transactions", "transactions", "accountants", "object", _lines, money.ledger_line),
    List("/contacts", "contacts", "contacts", "object", _contacts, people.contact),
    List("/invoices", "invoices", "invoices", "array", _documents("invoice"), documents.invoice, by_modified=True),
    List("/bills", "bills", "bills", "object", _documents("bill"), documents.bill, by_modified=True),
    List(
        "/customerpayments",
        "customerpayments",
        "customerpayments",
        "object",
        _payments("customer"),
        money.customer_payment,
        specified="customer_payments",
    ),
    List(
        "/vendorpayments",
        "vendorpayments",
        "vendorpayments",
        "absent",
        _payments("vendor"),
        money.vendor_payment,
        by_modified=True,
    ),
    List("/creditnotes", "creditnotes", "creditnotes", "object", _documents("creditnote"), documents.creditnote),
    List("/expenses", "expenses", "expenses", "array", _expenses, money.expense),
    List("/bankaccounts", "bankaccounts", "banking", "absent", _bank_accounts, people.bank_account),
    List("/banktransactions", "banktransactions", "banking", "absent", _bank_transactions, _write_bank_transaction),
    List("/journals", "journals", "accountants", "absent", _journals, money.journal, by_modified=True),
)
