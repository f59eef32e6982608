"""The overview's figures: cash, runway, burn, money in and out by month, top expenses and what waits for review.

Burn is the median net outflow of the last three full months, transfers excluded; runway is cash divided by burn.
Amounts are minor units of one currency, the report's: the workspace's base currency, or where no account is in that, the
currency of most of its cash accounts.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ledger.currencies import find_currency
from ledger.kinds import BALANCE_SHEET_KINDS, AccountKind, CategoryKind
from ledger.reports.cash import CashPosition, cash_from
from ledger.reports.freshness import Freshness
from ledger.reports.names import CategoryName, read_accounts, read_categories_and_base
from ledger.reports.profit_and_loss import UNCATEGORISED
from ledger.reports.summaries import Summaries, month_number, months_back, months_between, read_summaries

MONTHS = 13
FULL_MONTHS = 3
TOP_EXPENSES = 6
FURTHEST = timedelta(days=365 * 50)


@dataclass(frozen=True, slots=True)
class MonthFlow:
    """Posted money in (≥ 0) and out (≤ 0) of one month, transfers excluded."""

    month: date
    money_in: int
    money_out: int

    @property
    def net(self) -> int:
        return self.money_in + self.money_out


@dataclass(frozen=True, slots=True)
class Runway:
    """`burn` is a month's net outflow (> 0); cash lasts `tenths` tenths of a month, to about `ends_on`."""

    burn: int
    tenths: int
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class TopExpense:
    """A category's net outflow (> 0) in the last three full months; `category_id` None is what has no category."""

    category_id: UUID | None
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Overview:
    """`currency` is that of every amount, `base` the workspace's own. `cash_now` is None when no balance of a cash account
    is known. `burn` is None before there are three full months, and ≤ 0 when no more went out than came in. `runway` is
    None unless cash is being burnt."""

    currency: str
    base: str
    cash: CashPosition
    cash_now: int | None
    burn: int | None
    runway: Runway | None
    flows: tuple[MonthFlow, ...]
    top_expenses: tuple[TopExpense, ...]
    to_review: int
    has_transactions: bool
    freshness: Freshness


def overview(*, today: date) -> Overview:
    """The overview as of a day, in three queries whatever the number of rows."""
    summaries, (categories, base) = read_summaries(), read_categories_and_base()
    cash = cash_from(summaries, read_accounts(), today=today, months=MONTHS, base=base)
    currency = _currency_of(cash, base)
    cash_now = _cash_now(cash, currency)
    flows = _flows(summaries, categories, currency, today)
    burn = _burn(summaries, flows)
    return Overview(
        currency=currency,
        base=base,
        cash=cash,
        cash_now=cash_now,
        burn=burn,
        runway=_runway(cash_now, burn, today),
        flows=flows,
        top_expenses=_top_expenses(summaries, categories, currency, today),
        to_review=int(summaries.count[summaries.category == 0].sum()),
        has_transactions=bool(len(summaries.count)),
        freshness=cash.freshness,
    )


def _currency_of(cash: CashPosition, base: str) -> str:
    """The base currency if any account is in it, else that of most cash accounts, else that of most accounts."""
    if not cash.accounts or any(one.currency == base for one in cash.accounts):
        return base
    holding = [one for one in cash.accounts if one.kind == AccountKind.DEPOSITORY] or cash.accounts
    counts = Counter(one.currency for one in holding)
    return min(counts, key=lambda currency: (-counts[currency], currency))


def _cash_now(cash: CashPosition, currency: str) -> int | None:
    known = [
        one.current
        for one in cash.accounts
        if one.currency == currency and one.kind == AccountKind.DEPOSITORY and one.current is not None
    ]
    return sum(known) if known else None


def _flows(
    summaries: Summaries, categories: dict[int, CategoryName], currency: str, today: date
) -> tuple[MonthFlow, ...]:
    transfers = [one.code for one in categories.values() if one.kind == CategoryKind.TRANSFER]
    counted = _posted_in(summaries, currency) & ~np.isin(summaries.category, transfers)
    month, money_in, money_out = summaries.month[counted], summaries.money_in[counted], summaries.money_out[counted]
    flows = []
    for start in months_between(months_back(today, MONTHS - 1), today):
        here = month == month_number(start)
        flows.append(MonthFlow(start, int(money_in[here].sum()), int(money_out[here].sum())))
    return tuple(flows)


def _burn(summaries: Summaries, flows: tuple[MonthFlow, ...]) -> int | None:
    full = flows[-1 - FULL_MONTHS : -1]
    if not len(summaries.month) or summaries.month.min() > month_number(full[0].month):
        return None
    return sorted(-flow.net for flow in full)[FULL_MONTHS // 2]


def _runway(cash: int | None, burn: int | None, today: date) -> Runway | None:
    if cash is None or cash < 0 or burn is None or burn <= 0:
        return None
    lasts = timedelta(days=min(cash * 365 // (burn * 12), FURTHEST.days))
    return Runway(burn=burn, tenths=cash * 10 // burn, ends_on=today + lasts if lasts < FURTHEST else None)


def _top_expenses(
    summaries: Summaries, categories: dict[int, CategoryName], currency: str, today: date
) -> tuple[TopExpense, ...]:
    left_out = [one.code for one in categories.values() if one.kind in BALANCE_SHEET_KINDS]
    this_month = month_number(today)
    counted = _posted_in(summaries, currency) & ~np.isin(summaries.category, left_out)
    counted &= (summaries.month < this_month) & (summaries.month >= this_month - FULL_MONTHS)
    codes, rows = np.unique(summaries.category[counted], return_inverse=True)
    sums = np.zeros(len(codes), np.int64)
    np.add.at(sums, rows, summaries.net[counted])
    expenses = [
        TopExpense(categories[code].id, categories[code].name, -amount)
        if code
        else TopExpense(None, UNCATEGORISED, -amount)
        for code, amount in zip(codes.tolist(), sums.tolist(), strict=True)
        if amount < 0
    ]
    return tuple(sorted(expenses, key=lambda one: (-one.amount, one.name))[:TOP_EXPENSES])


def _posted_in(summaries: Summaries, currency: str) -> NDArray[np.bool_]:
    numeric = find_currency(currency).numeric
    return np.asarray(summaries.is_posted & (summaries.currency == numeric), np.bool_)
