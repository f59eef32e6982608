"""Payroll and depreciation: the journals that an accountant writes, and the payments that clear what they owe."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from integrations.sandbox.company.calendar import last_of_month
from integrations.sandbox.zoho.books.facts import Expense, Line, Move
from integrations.sandbox.zoho.companies.cedarline.bank import BOOKS_FROM, BankRows

ONE = Decimal(1)
# What the bank's payroll pays to the authorities for each dollar of net pay, and what of it staff bear.
FEDERAL, STATE, BORNE_BY_STAFF = 0.365, 0.062, 0.3
DEPRECIATION = 4_000_00


@dataclass(frozen=True, slots=True)
class Paid:
    expenses: tuple[Expense, ...]
    journals: tuple[Move, ...]


def owed_for(net: int) -> int:
    """What is owed to the authorities for that much net pay, in minor units, as they will ask for it."""
    return round(net * FEDERAL) + round(net * STATE)


def derive(bank: BankRows) -> Paid:
    net: dict[date, int] = defaultdict(int)
    for row in bank.wages:
        net[row.date] -= row.minor
    journals = [_accrual(day, minor) for day, minor in sorted(net.items())]
    return Paid(
        tuple(_wages(day, minor) for day, minor in sorted(net.items())),
        (*journals, *_depreciation(bank.horizon)),
    )


def _accrual(day: date, net: int) -> Move:
    owed, borne = owed_for(net), round(net * BORNE_BY_STAFF)
    lines = (
        _line("salaries", net + borne),
        _line("payroll_taxes", owed - borne),
        _line("wages_payable", -net),
        _line("payroll_liabilities", -owed),
    )
    return _journal(f"payroll-{day:%y%m%d}", day, lines, "Payroll")


def _wages(day: date, net: int) -> Expense:
    return Expense(
        key=f"wages-{day:%y%m%d}",
        date=day,
        account="wages_payable",
        paid_through="payroll",
        payee="Stafflight Payroll",
        currency="USD",
        minor=net,
        base=net,
        rate=ONE,
        booked=day,
        text=f"Payroll {day:%d %B %Y}",
    )


def _depreciation(horizon: date) -> list[Move]:
    found, day = [], last_of_month(BOOKS_FROM)
    while day <= horizon:
        lines = (_line("depreciation", DEPRECIATION), _line("depreciated", -DEPRECIATION))
        found.append(_journal(f"depreciation-{day:%y%m}", day, lines, "Depreciation of laboratory equipment"))
        day = last_of_month(day + timedelta(days=1))
    return found


def _journal(key: str, day: date, lines: tuple[Line, ...], text: str) -> Move:
    return Move(key, "journal", day, "USD", ONE, lines, number=f"J-{day:%y%m%d}-{text[0]}", text=text)


def _line(account: str, minor: int) -> Line:
    return Line(account, minor, minor)
