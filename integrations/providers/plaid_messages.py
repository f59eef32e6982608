"""Plaid's answers, as far as they are used; fields that are not named here are never read.

Plaid API 2020-09-14. Amounts are Decimal, exactly as written in the JSON, in units of the currency (12.30 is twelve
thirty). A missing or null field that Plaid documents as always there is an error, unknown fields and values are not.
"""

import datetime as dt
from decimal import Decimal

import msgspec

from integrations.providers.secret import Secret
from ledger.feeds import is_kept

LARGEST_EXPONENT = 15


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What every answer has."""

    request_id: str


class Balances(msgspec.Struct, frozen=True, kw_only=True):
    """For credit and loan accounts a positive `current` is owed; for others it is held. Either currency may be None."""

    available: Decimal | None
    current: Decimal | None
    limit: Decimal | None
    iso_currency_code: str | None
    unofficial_currency_code: str | None

    def __post_init__(self) -> None:
        for amount in (self.available, self.current, self.limit):
            check_amount(amount)

    @property
    def currency(self) -> str | None:
        return self.iso_currency_code or self.unofficial_currency_code


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """`type`: depository, credit, loan, investment, brokerage or other. `mask` is two to four characters, if any."""

    account_id: str
    balances: Balances
    mask: str | None
    name: str
    official_name: str | None
    type: str
    subtype: str | None
    persistent_account_id: str | None = None


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """personal_finance_category of version 2, such as RENT_AND_UTILITIES and RENT_AND_UTILITIES_RENT."""

    primary: str
    detailed: str
    confidence_level: str | None = None


class Counterparty(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    type: str


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """A row. **A positive `amount` is money out of the account**, a negative one money in, for every type of account:
    a card purchase is positive, the payment of the card, a deposit and a refund are negative.

    A posted row names the pending row that it replaces in `pending_transaction_id`, if there was one; the pending row
    is in `removed` of the same update. `date` is the day of posting, for a pending row that of the purchase.
    """

    transaction_id: str
    account_id: str
    amount: Decimal
    iso_currency_code: str | None
    unofficial_currency_code: str | None
    date: dt.date
    authorized_date: dt.date | None
    name: str
    pending: bool
    pending_transaction_id: str | None
    payment_channel: str
    merchant_name: str | None = None
    original_description: str | None = None
    check_number: str | None = None
    personal_finance_category: Category | None = None
    counterparties: tuple[Counterparty, ...] = ()

    def __post_init__(self) -> None:
        check_amount(self.amount)
        if not is_kept(self.date):
            raise ValueError("a date is out of range")

    @property
    def currency(self) -> str | None:
        return self.iso_currency_code or self.unofficial_currency_code


class RemovedTransaction(msgspec.Struct, frozen=True, kw_only=True):
    transaction_id: str
    account_id: str


class SyncPage(Message, frozen=True, kw_only=True):
    """One page of /transactions/sync. `has_more` asks for the next page with `next_cursor`.

    While `is_ready` is false the page is empty and `next_cursor` is "": keep the stored cursor and come back later.
    """

    accounts: tuple[Account, ...]
    added: tuple[Transaction, ...]
    modified: tuple[Transaction, ...]
    removed: tuple[RemovedTransaction, ...]
    next_cursor: str
    has_more: bool
    transactions_update_status: str

    @property
    def is_ready(self) -> bool:
        return self.next_cursor != "" and self.transactions_update_status != "NOT_READY"


class ItemError(msgspec.Struct, frozen=True, kw_only=True):
    """`plaid_errors.problem_of_item` says what it means."""

    error_type: str
    error_code: str


class Item(msgspec.Struct, frozen=True, kw_only=True):
    item_id: str
    webhook: str | None
    error: ItemError | None
    consent_expiration_time: dt.datetime | None
    institution_id: str | None = None
    institution_name: str | None = None


class Accounts(Message, frozen=True, kw_only=True):
    accounts: tuple[Account, ...]
    item: Item


class TransactionsStatus(msgspec.Struct, frozen=True, kw_only=True):
    last_successful_update: dt.datetime | None = None
    last_failed_update: dt.datetime | None = None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    transactions: TransactionsStatus | None = None


class ItemAnswer(Message, frozen=True, kw_only=True):
    item: Item
    status: Status | None = None


class Exchange(Message, frozen=True, kw_only=True):
    access_token: Secret
    item_id: str


class SampleToken(Message, frozen=True, kw_only=True):
    public_token: Secret


class NewToken(Message, frozen=True, kw_only=True):
    new_access_token: Secret


class WebhookKey(msgspec.Struct, frozen=True, kw_only=True):
    """A public key (JWK). `expired_at` is in Unix time."""

    alg: str
    crv: str
    kid: str
    kty: str
    use: str
    x: str
    y: str
    created_at: int
    expired_at: int | None


class WebhookKeyAnswer(Message, frozen=True, kw_only=True):
    key: WebhookKey


def check_amount(amount: Decimal | None) -> None:
    """Refuses what is not an amount of money: Decimal also reads "NaN" and 1e400."""
    if amount is not None and not (amount.is_finite() and amount.adjusted() <= LARGEST_EXPONENT):
        raise ValueError("an amount is out of range")


def decode_hook(kind: type, value: object) -> Secret:
    """Wraps tokens as they are decoded."""
    if kind is not Secret or not isinstance(value, str) or not value:
        raise TypeError("a token must be text")
    return Secret(value)
