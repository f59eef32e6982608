"""The sealed records of the books. As in `records`: append only, with defaults, and never reorder.

Amounts are minor units of their row's currency, `base_minor` of the organisation's; a `rate` is decimal text.
"""

from datetime import date

from ledger.models.records import SealedFacts


class BooksAccountFacts(SealedFacts, frozen=True, array_like=True):
    name: str
    number: str | None = None
    parent_provider_id: str | None = None


class ContactFacts(SealedFacts, frozen=True, array_like=True):
    name: str
    company: str | None = None
    email: str | None = None
    payment_terms_days: int | None = None


class DocumentFeed(SealedFacts, frozen=True, array_like=True):
    """`contact_name` is as the document names its contact."""

    total: int
    balance: int
    written_off: int = 0
    number: str | None = None
    reference: str | None = None
    contact_name: str | None = None
    rate: str | None = None
    last_payment_date: date | None = None


class PaymentFeed(SealedFacts, frozen=True, array_like=True):
    minor: int
    number: str | None = None
    mode: str | None = None
    reference: str | None = None
    rate: str | None = None


class PostingFeed(SealedFacts, frozen=True, array_like=True):
    """+ debit, − credit."""

    minor: int
    base_minor: int | None
    number: str | None = None
    description: str | None = None


class BankLineFeed(SealedFacts, frozen=True, array_like=True):
    """+ into the account."""

    minor: int
    payee: str | None = None
    description: str | None = None
