"""Rows of Zoho Books' lists: what is read of each. Amounts are Decimal in major units, times are UTC, None is "not told".

`repr` of a row shows its id and nothing else.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from integrations.providers.zoho_errors import BadAnswer
from integrations.providers.zoho_messages import Row


@dataclass(frozen=True, slots=True)
class Organization:
    """`base_currency` is what its books are kept in, `plan` what is paid for at Zoho."""

    organization_id: str
    name: str = field(repr=False)
    base_currency: str = field(repr=False)
    plan: str = field(repr=False)
    is_active: bool = field(repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the chart of accounts. `type` is Zoho's word, such as accounts_receivable."""

    account_id: str
    name: str = field(repr=False)
    code: str | None = field(repr=False)
    type: str = field(repr=False)
    is_active: bool = field(repr=False)
    parent_account_id: str | None = field(repr=False)
    modified: dt.datetime | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """`type` is customer or vendor, `terms` the days within which it pays or is paid."""

    contact_id: str
    type: str = field(repr=False)
    name: str = field(repr=False)
    company: str | None = field(repr=False)
    email: str | None = field(repr=False)
    currency: str | None = field(repr=False)
    is_active: bool = field(repr=False)
    terms: int | None = field(repr=False)
    modified: dt.datetime | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, bill, credit note or expense. `balance` is what is open of it; an expense's and a paid one's is 0."""

    document_id: str
    contact_id: str | None = field(repr=False)
    contact_name: str | None = field(repr=False)
    number: str | None = field(repr=False)
    reference: str | None = field(repr=False)
    date: dt.date = field(repr=False)
    due_date: dt.date | None = field(repr=False)
    status: str = field(repr=False)
    currency: str | None = field(repr=False)
    total: Decimal = field(repr=False)
    balance: Decimal = field(repr=False)
    written_off: Decimal = field(repr=False)
    rate: Decimal | None = field(repr=False)
    last_payment_date: dt.date | None = field(repr=False)
    modified: dt.datetime | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment received or made. `base_amount` is the same in the base currency, where it is told."""

    payment_id: str
    contact_id: str | None = field(repr=False)
    date: dt.date = field(repr=False)
    number: str | None = field(repr=False)
    mode: str | None = field(repr=False)
    reference: str | None = field(repr=False)
    currency: str | None = field(repr=False)
    amount: Decimal = field(repr=False)
    base_amount: Decimal | None = field(repr=False)
    rate: Decimal | None = field(repr=False)
    modified: dt.datetime | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the general ledger, + for a debit. Of `amount` (the document's currency) and `base_amount` at least one
    is told; both are None for a row that tells neither.

    `line_id` is the line's id within its account, `source_id` the document's, which all its lines share.
    """

    line_id: str
    account_id: str
    source_id: str | None = field(repr=False)
    source_type: str = field(repr=False)
    contact_id: str | None = field(repr=False)
    date: dt.date = field(repr=False)
    number: str | None = field(repr=False)
    description: str | None = field(repr=False)
    currency: str | None = field(repr=False)
    amount: Decimal | None = field(repr=False)
    base_amount: Decimal | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class BankAccount:
    account_id: str


@dataclass(frozen=True, slots=True)
class BankLine:
    """A line of a bank account, + for money in: Zoho speaks from the books' side, where a deposit is a debit."""

    line_id: str
    account_id: str | None = field(repr=False)
    date: dt.date = field(repr=False)
    status: str = field(repr=False)
    kind: str = field(repr=False)
    currency: str | None = field(repr=False)
    amount: Decimal = field(repr=False)
    payee: str | None = field(repr=False)
    description: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal that is a draft has posted nothing."""

    journal_id: str
    date: dt.date = field(repr=False)
    is_draft: bool = field(repr=False)
    modified: dt.datetime | None = field(repr=False)


def read_organization(row: Row) -> Organization:
    currency = row.currency()
    if currency is None:
        raise BadAnswer
    return Organization(
        organization_id=row.id("organization_id"),
        name=row.text("name") or "",
        base_currency=currency,
        plan=row.text("plan_name") or "",
        is_active=row.is_true("is_org_active", default=True),
    )


def read_account(row: Row) -> Account:
    return Account(
        account_id=row.id("account_id"),
        name=row.text("account_name") or "",
        code=row.text("account_code"),
        type=row.word("account_type"),
        is_active=row.is_true("is_active", default=True),
        parent_account_id=row.id_or_none("parent_account_id"),
        modified=row.moment("last_modified_time"),
    )


def read_contact(row: Row) -> Contact:
    return Contact(
        contact_id=row.id("contact_id"),
        type=row.word("contact_type"),
        name=row.text("contact_name", "company_name") or "",
        company=row.text("company_name"),
        email=row.text("email"),
        currency=row.currency(),
        is_active=row.word("status") != "inactive",
        terms=row.whole("payment_terms"),
        modified=row.moment("last_modified_time"),
    )


def read_invoice(row: Row) -> Document:
    return _document(row, "invoice_id", "customer", "invoice_number", balance=row.money("balance"))


def read_bill(row: Row) -> Document:
    return _document(row, "bill_id", "vendor", "bill_number", balance=row.money("balance"))


def read_credit_note(row: Row) -> Document:
    return _document(row, "creditnote_id", "customer", "creditnote_number", balance=row.money("balance"))


def read_expense(row: Row) -> Document:
    return _document(row, "expense_id", "vendor", "expense_number", balance=Decimal(0))


def _document(row: Row, key: str, contact: str, number: str, *, balance: Decimal) -> Document:
    return Document(
        document_id=row.id(key),
        contact_id=row.id_or_none(f"{contact}_id"),
        contact_name=row.text(f"{contact}_name"),
        number=row.text(number),
        reference=row.text("reference_number"),
        date=row.day("date"),
        due_date=row.day_or_none("due_date"),
        status=row.word("status"),
        currency=row.currency(),
        total=row.money("total"),
        balance=balance,
        written_off=row.money_or_none("write_off_amount") or Decimal(0),
        rate=_rate(row),
        last_payment_date=row.day_or_none("last_payment_date"),
        modified=row.moment("last_modified_time"),
    )


def read_customer_payment(row: Row) -> Payment:
    return _payment(row, "customer_id")


def read_vendor_payment(row: Row) -> Payment:
    return _payment(row, "vendor_id")


def _payment(row: Row, contact: str) -> Payment:
    return Payment(
        payment_id=row.id("payment_id"),
        contact_id=row.id_or_none(contact),
        date=row.day("date"),
        number=row.text("payment_number"),
        mode=row.text("payment_mode"),
        reference=row.text("reference_number"),
        currency=row.currency(),
        amount=row.money("amount"),
        base_amount=row.money_or_none("bcy_amount"),
        rate=_rate(row),
        modified=row.moment("last_modified_time"),
    )


def read_line(row: Row) -> Line:
    amount, base_amount = _amounts(row)
    return Line(
        line_id=row.id("categorized_transaction_id", "transaction_id"),
        account_id=row.id("account_id"),
        source_id=row.id_or_none("transaction_id"),
        source_type=row.word("transaction_type"),
        contact_id=row.id_or_none("customer_id", "vendor_id", "contact_id"),
        date=row.day("transaction_date", "date"),
        number=row.text("entry_number", "reference_number"),
        description=row.text("description"),
        currency=row.currency(),
        amount=amount,
        base_amount=base_amount,
    )


def _amounts(row: Row) -> tuple[Decimal | None, Decimal | None]:
    """The amounts in the document's and in the base currency.

    On the wire `debit_amount` is in the base currency and `fcy_debit_amount` in the document's; where there is a
    `bcy_debit_amount`, that is the base currency's and `debit_amount` the document's. The side that is not used is blank.
    """
    if row.has("bcy_debit_amount") or row.has("bcy_credit_amount"):
        return _side(row, "") or Decimal(0), _side(row, "bcy_")
    if row.has("fcy_debit_amount") or row.has("fcy_credit_amount"):
        return _side(row, "fcy_"), _side(row, "")
    return None, _side(row, "")


def _side(row: Row, prefix: str) -> Decimal | None:
    debit, credit = row.money_or_none(f"{prefix}debit_amount"), row.money_or_none(f"{prefix}credit_amount")
    return None if debit is None and credit is None else (debit or Decimal(0)) - (credit or Decimal(0))


def read_bank_account(row: Row) -> BankAccount:
    return BankAccount(row.id("account_id"))


def read_bank_line(row: Row) -> BankLine:
    amount = abs(row.money("amount"))
    return BankLine(
        line_id=row.id("transaction_id", "imported_transaction_id"),
        account_id=row.id_or_none("account_id"),
        date=row.day("date"),
        status=row.word("status"),
        kind=row.word("transaction_type"),
        currency=row.currency(),
        amount=-amount if row.word("debit_or_credit") == "credit" else amount,
        payee=row.text("payee"),
        description=row.text("description", "reference_number"),
    )


def read_journal(row: Row) -> Journal:
    return Journal(
        journal_id=row.id("journal_id"),
        date=row.day("journal_date", "date"),
        is_draft=row.word("status") == "draft",
        modified=row.moment("last_modified_time"),
    )


def _rate(row: Row) -> Decimal | None:
    """Base units for one unit of the document's currency; 0, less and blank mean that none is told."""
    rate = row.money_or_none("exchange_rate")
    return rate if rate is not None and rate > 0 else None
