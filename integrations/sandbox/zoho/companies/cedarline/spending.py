"""Expenses: what was paid for at once. Card statements of the first years were booked by month and account."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from integrations.sandbox.bank import Row
from integrations.sandbox.company.calendar import last_of_month
from integrations.sandbox.zoho.books.facts import Expense, Waiting
from integrations.sandbox.zoho.companies.cedarline.bank import BankRows
from integrations.sandbox.zoho.companies.cedarline.chart import account_of
from integrations.sandbox.zoho.companies.cedarline.paid import paid_in

ONE_BY_ONE_FROM = date(2026, 5, 1)
# A purchase by card is looked at a few days after it was posted.
LOOKED_AT_AFTER = timedelta(days=3)
NOT_SPENDING = ("INCOME_INTEREST", "INCOME_TAX_REFUND")


@dataclass(frozen=True, slots=True)
class Spent:
    expenses: tuple[Expense, ...]
    waiting: tuple[Waiting, ...]


def derive(bank: BankRows) -> Spent:
    rows = [row for row in bank.others if not row.category.startswith(NOT_SPENDING)]
    expenses: list[Expense] = []
    waiting: list[Waiting] = []
    statements: dict[tuple[date, str], int] = defaultdict(int)
    for row in rows:
        is_card = row.account == "card"
        if is_card and row.minor < 0 and row.date < ONE_BY_ONE_FROM:
            statements[last_of_month(row.date), account_of(row)] -= row.minor
            continue
        expenses.append(_expense(row, row.date + LOOKED_AT_AFTER if is_card else row.date))
        if is_card:
            until = row.date + LOOKED_AT_AFTER
            waiting.append(Waiting(row.key, row.account, row.date, until, row.minor, row.party or "", row.text))
    expenses += [_statement(day, account, minor) for (day, account), minor in sorted(statements.items())]
    return Spent(tuple(expenses), tuple(waiting))


def _expense(row: Row, booked: date) -> Expense:
    paid = paid_in(row, row.currency)
    sign = 1 if row.minor < 0 else -1
    return Expense(
        key=f"exp-{row.key}",
        date=row.date,
        account=account_of(row),
        paid_through=row.account,
        payee=row.party or "",
        currency=row.currency,
        minor=sign * paid.minor,
        base=sign * paid.base,
        rate=paid.rate,
        booked=booked,
        text=row.text,
        reference=row.reference or "",
    )


def _statement(day: date, account: str, minor: int) -> Expense:
    return Expense(
        key=f"statement-{day:%y%m}-{account}",
        date=day,
        account=account,
        paid_through="card",
        payee="Corporate Card",
        currency="USD",
        minor=minor,
        base=minor,
        rate=Decimal(1),
        booked=day,
        text=f"Card statement {day:%B %Y}",
    )
