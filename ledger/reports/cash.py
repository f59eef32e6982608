"""Cash now and at past month ends: the balance the bank gave less the posted rows that came after.

Cash is what stands in depository accounts; cards and loans are shown as owed. Amounts are minor units.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from ledger.currencies import find_currency
from ledger.kinds import AccountKind
from ledger.models import Account
from ledger.reports.freshness import Freshness, freshness_of
from ledger.reports.names import read_accounts
from ledger.reports.summaries import Summaries, month_number, months_back, months_between, read_summaries
from ledger.sheets.codebook import base_currency

OWED = (AccountKind.CREDIT, AccountKind.LOAN)


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """One account. `current` is as the bank states it (a card's or loan's positive balance is owed), None if untold.

    `history` is the balance at each month end of the report, None throughout when `current` is None.
    """

    account_id: UUID
    name: str
    mask: str | None
    kind: AccountKind
    currency: str
    current: int | None
    available: int | None
    limit: int | None
    as_of: datetime | None
    history: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class CurrencyCash:
    """Cash and debt in one currency: sums over accounts whose balance is known."""

    currency: str
    cash: int
    history: tuple[int, ...]
    owed: int


@dataclass(frozen=True, slots=True)
class CashPosition:
    """`month_ends` are last days of months, oldest first, the last one being the report's own day."""

    month_ends: tuple[date, ...]
    accounts: tuple[AccountBalance, ...]
    currencies: tuple[CurrencyCash, ...]
    freshness: Freshness


def cash_position(*, today: date, months: int = 13) -> CashPosition:
    """Balances now and at the ends of the `months` − 1 months before this one, in three queries."""
    return cash_from(read_summaries(), read_accounts(), today=today, months=months, base=base_currency())


def cash_from(
    summaries: Summaries, accounts: Iterable[Account], *, today: date, months: int, base: str
) -> CashPosition:
    """The position from what was read already. `summaries` must reach to the newest month."""
    starts = months_between(months_back(today, months - 1), today)
    ends = (*(start - timedelta(days=1) for start in starts[1:]), today)
    balances = tuple(_balance(account, summaries, starts) for account in accounts if account.closed_at is None)
    currencies = {one.currency for one in balances if one.current is not None}
    return CashPosition(
        month_ends=ends,
        accounts=balances,
        currencies=tuple(
            _currency_cash(currency, [one for one in balances if one.currency == currency], len(ends))
            for currency in sorted(currencies, key=lambda one: (one != base, one))
        ),
        freshness=freshness_of(summaries.heads),
    )


def _balance(account: Account, summaries: Summaries, starts: tuple[date, ...]) -> AccountBalance:
    facts, told = account.facts, account.balances
    kind = AccountKind(account.kind)
    return AccountBalance(
        account_id=account.id,
        name=facts.name,
        mask=facts.mask,
        kind=kind,
        currency=account.currency,
        current=told.current,
        available=told.available,
        limit=told.limit,
        as_of=told.as_of,
        history=_history(account, kind, summaries, starts, told.current),
    )


def _history(
    account: Account, kind: AccountKind, summaries: Summaries, starts: tuple[date, ...], current: int | None
) -> tuple[int | None, ...]:
    if current is None:
        return (None,) * len(starts)
    own = (summaries.account == account.code) & (summaries.currency == find_currency(account.currency).numeric)
    own &= summaries.is_posted
    month, net = summaries.month[own], summaries.net[own]
    later = [int(net[month > month_number(start)].sum()) for start in starts[:-1]]
    # What was spent later was not owed yet: for debts money in and out count the other way.
    sign = 1 if kind in OWED else -1
    return (*(current + sign * moved for moved in later), current)


def _currency_cash(currency: str, balances: list[AccountBalance], points: int) -> CurrencyCash:
    cash = [one for one in balances if one.kind == AccountKind.DEPOSITORY and one.current is not None]
    return CurrencyCash(
        currency=currency,
        cash=sum(one.current or 0 for one in cash),
        history=tuple(sum(one.history[point] or 0 for one in cash) for point in range(points)),
        owed=sum(one.current or 0 for one in balances if one.kind in OWED),
    )
