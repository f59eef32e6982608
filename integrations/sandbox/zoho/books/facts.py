"""What happened in a set of books, and when, told once for all days. Amounts are minor units of the named currency."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Side = Literal["customer", "vendor"]
DocumentKind = Literal["invoice", "bill", "creditnote"]

RECEIVABLE, PAYABLE, EXCHANGE, BAD_DEBT = "receivable", "payable", "exchange", "bad_debt"


@dataclass(frozen=True, slots=True)
class Organization:
    """`offset` is its distance from UTC as Zoho writes it; `fiscal_start` counts months from 0.

    `follows_specification`: lists are named and wrapped as the published specification says, not as they are seen.
    """

    id: str
    name: str
    currency: str
    country: str
    time_zone: str
    offset: str
    plan: str = "Premium"
    fiscal_start: int = 0
    is_default: bool = False
    follows_specification: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """`type` is Zoho's account_type; `parent` is the key of the account it belongs under."""

    key: str
    name: str
    code: str
    type: str
    currency: str
    parent: str | None = None
    is_active: bool = True
    is_system: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    key: str
    name: str
    side: Side
    currency: str
    terms: int
    company: str = ""
    email: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a document, posted to `account`."""

    account: str
    name: str
    minor: int


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, a bill or a credit note. `rate` is base units for one unit of its currency.

    It is void from `voided`, not there any more from `gone`, and what is open on `written_off` is given up then.
    """

    kind: DocumentKind
    key: str
    contact: str
    number: str
    date: dt.date
    due: dt.date
    currency: str
    rate: Decimal
    items: tuple[Item, ...]
    reference: str = ""
    is_draft: bool = False
    voided: dt.date | None = None
    gone: dt.date | None = None
    written_off: dt.date | None = None

    @property
    def total(self) -> int:
        return sum(item.minor for item in self.items)


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a payment that settles a document."""

    document: str
    minor: int


@dataclass(frozen=True, slots=True)
class Payment:
    """Money from a customer into `account`, or out of it to a vendor. `base` is what moved in the base currency."""

    side: Side
    key: str
    contact: str
    number: str
    date: dt.date
    account: str
    currency: str
    minor: int
    base: int
    rate: Decimal
    shares: tuple[Share, ...]
    mode: str = "Bank Transfer"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit note used for an invoice; both are in the base currency, so nothing is posted."""

    note: str
    invoice: str
    date: dt.date
    minor: int


@dataclass(frozen=True, slots=True)
class Refund:
    """A credit note paid out of `account`."""

    key: str
    note: str
    contact: str
    date: dt.date
    account: str
    currency: str
    minor: int
    base: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Expense:
    """Something paid for at once, without a bill; it is in the books from `booked` on. A refund of it is below zero."""

    key: str
    date: dt.date
    account: str
    paid_through: str
    payee: str
    currency: str
    minor: int
    base: int
    rate: Decimal
    booked: dt.date
    text: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that came from the bank and is not in the books before `until`. + is into the account, in its currency."""

    key: str
    account: str
    date: dt.date
    until: dt.date
    minor: int
    payee: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the general ledger: + debit, − credit; `minor` in the entry's currency, `base` in the base currency."""

    account: str
    minor: int
    base: int
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A transaction that is neither a document nor its payment: a journal, a transfer, interest. `kind` is Zoho's."""

    key: str
    kind: str
    date: dt.date
    currency: str
    rate: Decimal
    lines: tuple[Line, ...]
    number: str = ""
    payee: str = ""
    text: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All there is to know about an organisation, as far as it is foreseen."""

    organization: Organization
    accounts: tuple[Account, ...]
    contacts: tuple[Contact, ...]
    documents: tuple[Document, ...] = ()
    payments: tuple[Payment, ...] = ()
    credits: tuple[Credit, ...] = ()
    refunds: tuple[Refund, ...] = ()
    expenses: tuple[Expense, ...] = ()
    moves: tuple[Move, ...] = ()
    waiting: tuple[Waiting, ...] = ()
