"""The trial balance: every account's debits and credits up to a day, or of a time, in each currency and in base.

Books that are whole sum to zero in every base currency. In a document's own currency they do too, unless an entry was posted
in several currencies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from ledger.currencies import currency_of_numeric
from ledger.kinds import CategoryKind
from ledger.reports.books.balances import Balances, read_balances
from ledger.reports.books.names import AccountName, read_books_accounts
from ledger.reports.freshness import Freshness, freshness_of
from ledger.sheets.codebook import base_currency
from ledger.sheets.parts import numerics_in

IN_ORDER = (
    CategoryKind.ASSET,
    CategoryKind.LIABILITY,
    CategoryKind.EQUITY,
    CategoryKind.INCOME,
    CategoryKind.COST_OF_SALES,
    CategoryKind.OPERATING_EXPENSE,
    CategoryKind.OTHER_INCOME,
    CategoryKind.OTHER_EXPENSE,
    CategoryKind.TAX,
    CategoryKind.TRANSFER,
)


@dataclass(frozen=True, slots=True)
class DebitCredit:
    """Sums in minor units of `currency`, both ≥ 0. Of one currency alone."""

    currency: str
    debit: int
    credit: int

    @property
    def net(self) -> int:
        """+ on the debit side, − on the credit side."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account's sums: `currencies` by code, `base` in its organisation's currency."""

    account_id: UUID
    name: str
    number: str | None
    kind: CategoryKind
    type: str
    is_active: bool
    currencies: tuple[DebitCredit, ...]
    base: DebitCredit


@dataclass(frozen=True, slots=True)
class UnratedLines:
    """There are lines in `currency`, in books that are kept in `base`, which add nothing to a sum in base."""

    currency: str
    base: str


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """`accounts` that have any posting, by kind as in a balance sheet and then by number and name.

    `currencies` are the sums of all accounts by the currency of the lines, `bases` by the currency that books are kept in;
    the workspace's own currency comes first. `first` is None for all from the beginning. `without_rate` are the currencies
    in which lines were posted that have no value in base.
    """

    first: date | None
    last: date
    accounts: tuple[AccountBalance, ...]
    currencies: tuple[DebitCredit, ...]
    bases: tuple[DebitCredit, ...]
    without_rate: tuple[UnratedLines, ...]
    freshness: Freshness

    @property
    def is_balanced(self) -> bool:
        """Whether debits equal credits in every base currency."""
        return all(one.net == 0 for one in self.bases)


def read_trial_balance(*, last: date, first: date | None = None) -> TrialBalance:
    """The balances at the end of `last`, or with `first` what was posted from then on; both included, in three queries."""
    balances, accounts, own = read_balances(first, last), read_books_accounts(), base_currency()
    lines = [
        _account_balance(accounts[code], balances, balances.account == code)
        for code in np.unique(balances.account).tolist()
    ]
    lines.sort(key=lambda one: (IN_ORDER.index(one.kind), one.number or "", one.name.casefold()))
    return TrialBalance(
        first=first,
        last=last,
        accounts=tuple(lines),
        currencies=_added((sums for line in lines for sums in line.currencies), own),
        bases=_added((line.base for line in lines), own),
        without_rate=_without_rate(balances, accounts),
        freshness=freshness_of(balances.heads),
    )


def _without_rate(balances: Balances, accounts: Mapping[int, AccountName]) -> tuple[UnratedLines, ...]:
    """Where a month's lines of an account have a side in their own currency that is nothing in base."""
    is_missing = (balances.debit != 0) & (balances.base_debit == 0) | (balances.credit != 0) & (
        balances.base_credit == 0
    )
    pairs = zip(balances.currency[is_missing].tolist(), balances.account[is_missing].tolist(), strict=True)
    found = {(accounts[account].base_currency, currency_of_numeric(numeric).code) for numeric, account in pairs}
    return tuple(UnratedLines(currency, base) for base, currency in sorted(found))


def _account_balance(account: AccountName, balances: Balances, here: np.ndarray) -> AccountBalance:
    currency, debit, credit = balances.currency[here], balances.debit[here], balances.credit[here]
    sums = []
    for numeric in numerics_in(currency):
        in_currency = currency == numeric
        code = currency_of_numeric(numeric).code
        sums.append(DebitCredit(code, int(debit[in_currency].sum()), -int(credit[in_currency].sum())))
    return AccountBalance(
        account_id=account.id,
        name=account.name,
        number=account.number,
        kind=account.kind,
        type=account.type,
        is_active=account.is_active,
        currencies=tuple(sorted(sums, key=lambda one: one.currency)),
        base=DebitCredit(
            account.base_currency, int(balances.base_debit[here].sum()), -int(balances.base_credit[here].sum())
        ),
    )


def _added(sums: Iterable[DebitCredit], own: str) -> tuple[DebitCredit, ...]:
    found: dict[str, DebitCredit] = {}
    for one in sums:
        so_far = found.get(one.currency, DebitCredit(one.currency, 0, 0))
        found[one.currency] = DebitCredit(one.currency, so_far.debit + one.debit, so_far.credit + one.credit)
    return tuple(found[code] for code in sorted(found, key=lambda code: (code != own, code)))
