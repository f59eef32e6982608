"""What a feed's record becomes: the values of a row's plain columns, in their table's order, and its sealed record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from ledger.actions.books.tables import TABLES
from ledger.books_feeds import (
    FeedBankLine,
    FeedBooksAccount,
    FeedContact,
    FeedDocument,
    FeedPayment,
    FeedPosting,
    FeedRow,
    UnknownBooksAccount,
)
from ledger.books_kinds import Resource, kind_of_type
from ledger.currencies import find_currency
from ledger.models import (
    BankLineFeed,
    BooksAccountFacts,
    ContactFacts,
    DocumentFeed,
    PaymentFeed,
    PostingFeed,
)
from ledger.money import MAX_MINOR, InexactAmount

WORD = 40


class WrongRow(TypeError):
    """A page holds a row that is not of its resource."""

    def __init__(self, resource: Resource, row: FeedRow) -> None:
        super().__init__(f"a page of {resource} holds a {type(row).__name__}")


@dataclass(frozen=True, slots=True)
class Targets:
    """What rows point at, by the provider's ids."""

    accounts: Mapping[str, UUID]
    contacts: Mapping[str, UUID]

    def account_of(self, provider_id: str) -> UUID:
        """Raises UnknownBooksAccount."""
        try:
            return self.accounts[provider_id]
        except KeyError:
            raise UnknownBooksAccount from None

    def contact_of(self, provider_id: str | None) -> UUID | None:
        """None also for a contact that nobody told."""
        return self.contacts.get(provider_id) if provider_id else None


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """A row as it is to stand: `plain` are its columns' values, `record` is to be sealed."""

    plain: tuple[Any, ...]
    record: Any


def written_row(resource: Resource, row: FeedRow, targets: Targets) -> Written:
    """Raises WrongRow, UnknownBooksAccount, UnknownCurrency, InexactAmount."""
    kind = TABLES[resource].kind
    if type(row) is not _TYPES[resource] or (kind and getattr(row, "kind", None) != kind):
        raise WrongRow(resource, row)
    return _WRITERS[type(row)](row, targets)


def rate_text(rate: Decimal | None) -> str | None:
    """A rate as it is kept: the same rate always in the same digits. Raises InexactAmount for one that is none."""
    if rate is None:
        return None
    if not rate.is_finite() or rate <= 0:
        raise InexactAmount("This rate of exchange is not a number above zero.")
    return f"{rate.normalize():f}"


def _account(row: FeedBooksAccount, targets: Targets) -> Written:
    plain = (kind_of_type(row.type).value, row.type[:WORD], row.is_active)
    return Written(plain, BooksAccountFacts(row.name, row.number, row.parent_provider_id))


def _contact(row: FeedContact, targets: Targets) -> Written:
    find_currency(row.currency)
    plain = (row.kind.value, row.currency, row.is_active)
    return Written(plain, ContactFacts(row.name, row.company, row.email, row.payment_terms_days))


def _document(row: FeedDocument, targets: Targets) -> Written:
    _check(row.currency, row.total_minor, row.balance_minor, row.written_off_minor)
    contact = targets.contact_of(row.contact_provider_id)
    return Written(
        (row.kind.value, contact, row.date, row.due_date, row.status.value, row.currency),
        DocumentFeed(
            total=row.total_minor,
            balance=row.balance_minor,
            written_off=row.written_off_minor,
            number=row.number,
            reference=row.reference,
            contact_name=row.contact_name,
            rate=rate_text(row.rate),
            last_payment_date=row.last_payment_date,
        ),
    )


def _payment(row: FeedPayment, targets: Targets) -> Written:
    _check(row.currency, row.amount_minor)
    return Written(
        (row.kind.value, targets.contact_of(row.contact_provider_id), row.date, row.currency),
        PaymentFeed(row.amount_minor, row.number, row.mode, row.reference, rate_text(row.rate)),
    )


def _posting(row: FeedPosting, targets: Targets) -> Written:
    _check(row.currency, row.minor, row.base_minor or 0)
    account, contact = targets.account_of(row.account_provider_id), targets.contact_of(row.contact_provider_id)
    return Written(
        (account, contact, row.date, row.source_kind.value, row.source_provider_id or "", row.currency),
        PostingFeed(row.minor, row.base_minor, row.number, row.description),
    )


def _bank_line(row: FeedBankLine, targets: Targets) -> Written:
    _check(row.currency, row.minor)
    return Written(
        (targets.account_of(row.account_provider_id), row.date, row.status[:WORD], row.kind[:WORD], row.currency),
        BankLineFeed(row.minor, row.payee, row.description),
    )


def _check(currency: str, *amounts: int) -> None:
    find_currency(currency)
    if any(abs(amount) > MAX_MINOR for amount in amounts):
        raise InexactAmount("This amount is larger than the ledger can hold.")


_WRITERS: Mapping[type, Callable[[Any, Targets], Written]] = {
    FeedBooksAccount: _account,
    FeedContact: _contact,
    FeedDocument: _document,
    FeedPayment: _payment,
    FeedPosting: _posting,
    FeedBankLine: _bank_line,
}
_TYPES: Mapping[Resource, type] = {
    Resource.ACCOUNTS: FeedBooksAccount,
    Resource.CONTACTS: FeedContact,
    Resource.INVOICES: FeedDocument,
    Resource.BILLS: FeedDocument,
    Resource.CREDIT_NOTES: FeedDocument,
    Resource.EXPENSES: FeedDocument,
    Resource.CUSTOMER_PAYMENTS: FeedPayment,
    Resource.VENDOR_PAYMENTS: FeedPayment,
    Resource.POSTINGS: FeedPosting,
    Resource.BANK_LINES: FeedBankLine,
}
