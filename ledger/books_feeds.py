"""How accounting software hands its books over: frozen records in the ledger's own terms, beside `feeds` for banks.

Amounts are whole minor units. Documents and payments have positive ones whichever side they are on; a posting's + is a
debit and − a credit; a bank line's + is money into the account. `base` amounts are in the organisation's base currency.
Dates are the organisation's own days. `repr` of a record shows ids, kinds and dates only.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from ledger.books_kinds import ContactKind, DocumentKind, DocumentStatus, PostingSource, Resource


@dataclass(frozen=True, slots=True)
class FeedBooksAccount:
    """An account of the chart of accounts. `type` is the provider's own word, such as `cost_of_goods_sold`."""

    provider_id: str
    name: str = field(repr=False)
    number: str | None = field(repr=False)
    type: str
    is_active: bool
    parent_provider_id: str | None


@dataclass(frozen=True, slots=True)
class FeedContact:
    """A customer or vendor. `currency` is the one it is invoiced in."""

    provider_id: str
    kind: ContactKind
    name: str = field(repr=False)
    company: str | None = field(repr=False)
    email: str | None = field(repr=False)
    currency: str
    is_active: bool
    payment_terms_days: int | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A document as the provider tells it now.

    `balance_minor` is what is still to be paid, of a credit note what is not used yet; what was written off is in
    `written_off_minor` and no longer in it. `rate` is the document's: base units for one unit of `currency`, None where
    it is told none. `contact_name` names the contact where the contact itself is not (or not yet) told.
    """

    provider_id: str
    kind: DocumentKind
    contact_provider_id: str | None
    contact_name: str | None = field(repr=False)
    number: str | None = field(repr=False)
    reference: str | None = field(repr=False)
    date: dt.date
    due_date: dt.date | None
    status: DocumentStatus
    currency: str
    total_minor: int = field(repr=False)
    balance_minor: int = field(repr=False)
    written_off_minor: int = field(repr=False)
    rate: Decimal | None = field(repr=False)
    last_payment_date: dt.date | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FeedPayment:
    """A payment from a customer or to a vendor. `mode` is the provider's word for how it was paid."""

    provider_id: str
    kind: ContactKind
    contact_provider_id: str | None
    date: dt.date
    number: str | None = field(repr=False)
    mode: str | None = field(repr=False)
    reference: str | None = field(repr=False)
    currency: str
    amount_minor: int = field(repr=False)
    rate: Decimal | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FeedPosting:
    """One line of the general ledger. `minor` and `base_minor` are + for a debit and − for a credit.

    A realised exchange difference has `minor` 0 and a base amount. `source_provider_id` is the id of the document,
    payment or journal that posted it; `number` is that one's, as people know it.
    """

    provider_id: str
    account_provider_id: str
    contact_provider_id: str | None
    date: dt.date
    source_kind: PostingSource
    source_provider_id: str | None
    number: str | None = field(repr=False)
    description: str | None = field(repr=False)
    currency: str
    minor: int = field(repr=False)
    base_minor: int | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FeedBankLine:
    """A line of a bank account as the books keep it. `status` and `kind` are the provider's words (≤ 40 characters)."""

    provider_id: str
    account_provider_id: str
    date: dt.date
    status: str
    currency: str
    minor: int = field(repr=False)
    payee: str | None = field(repr=False)
    description: str | None = field(repr=False)
    kind: str


FeedRow = FeedBooksAccount | FeedContact | FeedDocument | FeedPayment | FeedPosting | FeedBankLine


@dataclass(frozen=True, slots=True)
class BooksPage:
    """One page of one resource, applied in one transaction. All rows are of the resource's own kind."""

    resource: Resource
    rows: tuple[FeedRow, ...]


class UnknownBooksAccount(ValueError):
    """A posting or bank line of an account that the chart of accounts has not told."""

    def __init__(self) -> None:
        super().__init__("The books sent a row of an account that their chart of accounts does not have.")
