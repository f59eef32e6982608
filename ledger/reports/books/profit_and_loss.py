"""Profit and loss on accrual basis, from what was posted to the books, in the shapes of the one on cash basis.

A line is an account of the chart of accounts, and its `category_id` the account's id; a statement is in a base currency of the
books, one for most companies. Nothing is pending. Amounts have the sign of money: income is +, expenses are −.
"""

from datetime import date

import numpy as np

from ledger.currencies import find_currency
from ledger.reports.books.balances import Balances, read_balances
from ledger.reports.books.names import AccountName, read_books_accounts
from ledger.reports.comparison import Comparison, comparison_from
from ledger.reports.names import CategoryName
from ledger.reports.profit_and_loss import ProfitAndLoss, profit_and_loss_from
from ledger.reports.standing import Span
from ledger.reports.summaries import Summaries, months_between
from ledger.sheets.codebook import base_currency
from ledger.sheets.parts import last_of_month


def accrual_profit_and_loss(*, first: date, last: date) -> ProfitAndLoss:
    """The report over the months of `first` to those of `last`, in three queries whatever the number of rows."""
    months = months_between(first, last)
    accounts = read_books_accounts()
    summaries = _summaries(read_balances(months[0], last_of_month(months[-1])), accounts)
    return profit_and_loss_from(summaries, _names(accounts), months, base=base_currency())


def compare_accrual_profit_and_loss(*, now: Span, before: Span) -> Comparison:
    """Both reports from one reading of all their months, in three queries."""
    first, last = min(now.first, before.first), max(now.last, before.last)
    accounts = read_books_accounts()
    summaries = _summaries(read_balances(first, last_of_month(last)), accounts)
    return comparison_from(summaries, _names(accounts), now=now, before=before, base=base_currency())


def _names(accounts: dict[int, AccountName]) -> dict[int, CategoryName]:
    return {code: CategoryName(one.id, code, one.kind, one.name, not one.is_active) for code, one in accounts.items()}


def _summaries(balances: Balances, accounts: dict[int, AccountName]) -> Summaries:
    """The ledger's sums as if they were of cash: a credit is money in, of the account's base currency."""
    numerics = np.zeros(max(accounts, default=0) + 1, "<i2")
    for code, account in accounts.items():
        numerics[code] = find_currency(account.base_currency).numeric
    return Summaries(
        heads=balances.heads,
        month=balances.month,
        account=balances.account,
        category=balances.account,
        currency=numerics[balances.account],
        pending=np.zeros(len(balances.account), np.uint8),
        money_in=-balances.base_credit,
        money_out=-balances.base_debit,
        count=balances.count,
    )
