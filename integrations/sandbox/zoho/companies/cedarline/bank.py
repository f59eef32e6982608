"""The bank's rows, sorted by what they mean for the books."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from integrations.sandbox.bank import Row
from integrations.sandbox.company.bills import BILLS, SUPPLIERS
from integrations.sandbox.company.cedarline import cedarline

# The books begin here; the bank's own history begins a few days before.
BOOKS_FROM = date(2023, 12, 1)
# Nothing that is issued today is paid later than this.
AHEAD = timedelta(days=230)
INCOME = "INCOME_OTHER"
BETWEEN_ACCOUNTS = ("TRANSFER_", "LOAN_PAYMENTS_CREDIT_CARD")
TERMINAL = "Paylatch"
VENDORS = frozenset(bill.party for bill in BILLS) | frozenset(name for name, _, _ in SUPPLIERS)


def horizon_of(day: date) -> date:
    """The last day that is looked at, the same for a whole month."""
    return day.replace(day=1) + AHEAD


@dataclass(frozen=True)
class BankRows:
    """Posted rows from the day on which the books begin until the horizon, by date and key."""

    rows: tuple[Row, ...]
    opening: dict[str, int]
    horizon: date

    @cached_property
    def receipts(self) -> list[Row]:
        return [row for row in self.rows if row.category == INCOME and row.minor > 0 and row.party != TERMINAL]

    @cached_property
    def payouts(self) -> list[Row]:
        return [row for row in self.rows if row.party == TERMINAL]

    @cached_property
    def refunds(self) -> list[Row]:
        return [row for row in self.rows if row.category == INCOME and row.minor < 0]

    @cached_property
    def vendor_payments(self) -> list[Row]:
        return [row for row in self.rows if row.party in VENDORS and row.account != "card"]

    @cached_property
    def transfers(self) -> list[Row]:
        return [row for row in self.rows if row.category.startswith(BETWEEN_ACCOUNTS)]

    @cached_property
    def wages(self) -> list[Row]:
        return [row for row in self.rows if row.account == "payroll" and row.category == "INCOME_SALARY"]

    @cached_property
    def others(self) -> list[Row]:
        """What is left: spending, taxes, fees and interest."""
        known = (self.receipts, self.payouts, self.refunds, self.vendor_payments, self.transfers, self.wages)
        keys = {row.key for rows in known for row in rows}
        return [row for row in self.rows if row.key not in keys]


def read_bank(horizon: date) -> BankRows:
    bank = cedarline()
    rows = tuple(row for row in bank.rows(horizon) if not row.pending and row.date >= BOOKS_FROM)
    return BankRows(rows, dict(bank.balances(BOOKS_FROM - timedelta(days=1))), horizon)
