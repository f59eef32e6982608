"""Turns Plaid's answers into the ledger's own terms: whole minor units, + for money in, the ledger's kinds of account.

A row in a currency that the ledger does not know (a crypto currency, say), or with more decimals than its currency has,
is left out and counted: nothing is rounded, and nothing is left out in silence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from integrations.models import PageContent
from integrations.providers.plaid_messages import Account, SyncPage, Transaction
from ledger.currencies import UnknownCurrency, find_currency
from ledger.feeds import FeedAccount, FeedPage, FeedTransaction
from ledger.kinds import AccountKind
from ledger.money import InexactAmount, to_minor

KINDS = {
    "depository": AccountKind.DEPOSITORY,
    "credit": AccountKind.CREDIT,
    "loan": AccountKind.LOAN,
    "investment": AccountKind.INVESTMENT,
    "brokerage": AccountKind.INVESTMENT,
}
LONGEST_SUBTYPE = 40


@dataclass(frozen=True, slots=True)
class ConvertedPage:
    """A page as the ledger takes it, and how many of its rows were left out."""

    content: PageContent
    skipped: int


def convert_page(page: SyncPage, known: frozenset[FeedAccount] = frozenset()) -> ConvertedPage:
    """Added and modified rows become upserts, in the order given; removed ones their ids; accounts but the `known`."""
    given = (*page.added, *page.modified)
    outside = {account.account_id for account in page.accounts if not _is_known(account.balances.currency)}
    upserts = tuple(
        row for one in given if one.account_id not in outside and (row := convert_transaction(one)) is not None
    )
    # What cannot be held exactly must not stand with its former amount either.
    held = {row.provider_id for row in upserts}
    left_out = [one.transaction_id for one in given if one.transaction_id not in held]
    removals = (*(one.transaction_id for one in page.removed), *left_out)
    accounts = tuple(account for account in convert_accounts(page.accounts) if account not in known)
    content = PageContent(FeedPage(upserts, removals), accounts)
    return ConvertedPage(content, len(given) - len(upserts))


def convert_accounts(accounts: Iterable[Account]) -> tuple[FeedAccount, ...]:
    """The accounts in currencies that the ledger knows."""
    return tuple(_account(account) for account in accounts if _is_known(account.balances.currency))


def convert_transaction(row: Transaction) -> FeedTransaction | None:
    """One row with its sign turned (Plaid's + is money out), or None when the ledger cannot hold it exactly."""
    currency = row.currency or ""
    try:
        minor = -to_minor(row.amount, currency)
    except (UnknownCurrency, InexactAmount):
        return None
    return FeedTransaction(
        provider_id=row.transaction_id,
        account_provider_id=row.account_id,
        date=row.date,
        authorized_date=row.authorized_date,
        amount_minor=minor,
        currency=currency,
        pending=row.pending,
        replaces=row.pending_transaction_id,
        description=row.name,
        counterparty=_counterparty(row),
        memo=row.original_description if row.original_description != row.name else None,
        hint=row.personal_finance_category.detailed if row.personal_finance_category else None,
    )


def _account(account: Account) -> FeedAccount:
    balances = account.balances
    currency = balances.currency or ""
    return FeedAccount(
        provider_id=account.account_id,
        name=account.name,
        official_name=account.official_name,
        mask=account.mask,
        kind=KINDS.get(account.type, AccountKind.OTHER),
        subtype=(account.subtype or "")[:LONGEST_SUBTYPE],
        currency=currency,
        current_minor=_balance(balances.current, currency),
        available_minor=_balance(balances.available, currency),
        limit_minor=_balance(balances.limit, currency),
        persistent_id=account.persistent_account_id,
    )


def _balance(amount: Decimal | None, currency: str) -> int | None:
    # A balance with a fraction of a minor unit, as investments have, is shown as untold rather than rounded.
    try:
        return None if amount is None else to_minor(amount, currency)
    except InexactAmount:
        return None


def _counterparty(row: Transaction) -> str | None:
    return row.merchant_name or next((one.name for one in row.counterparties), None)


def _is_known(currency: str | None) -> bool:
    try:
        find_currency(currency or "")
    except UnknownCurrency:
        return False
    return True
