"""Cedarline's payroll: twice a month, from an account of its own that is funded the bank day before."""

from collections.abc import Iterator
from datetime import date, timedelta

from integrations.sandbox.company.calendar import bank_day_after, bank_day_before, is_due, last_of_month
from integrations.sandbox.company.movement import Movement, Today, between_own_accounts
from integrations.sandbox.company.people import Employee, staff

NET_SHARE = 0.695
TAX = "GOVERNMENT_AND_NON_PROFIT_TAX_PAYMENT"


def pay_day(day: date) -> date:
    """The pay day of the half month that `day` is in: the 15th or the last, or the bank day before."""
    return bank_day_before(day.replace(day=15) if day.day <= 15 else last_of_month(day))


def last_pay_day(day: date) -> date:
    """The latest pay day before `day`."""
    ends = (day.replace(day=15), day.replace(day=1) - timedelta(days=1), day.replace(day=1) - timedelta(days=16))
    return max(pay for pay in map(pay_day, ends) if pay < day)


def net_pay(employee: Employee, day: date) -> int:
    """Minor units of one pay day; salaries rise by 3 % each January."""
    years = max(day.year - max(employee.since.year, 2023), 0)
    return round(employee.salary * 100 / 24 * NET_SHARE * 1.03**years)


def fund_payroll(today: Today) -> Iterator[Movement]:
    paid_on = bank_day_after(today.date + timedelta(days=1), 0)
    if paid_on == pay_day(paid_on) and bank_day_before(paid_on - timedelta(days=1)) == today.date:
        total = sum(net_pay(employee, paid_on) for employee in staff(paid_on))
        yield from between_own_accounts("operating", "payroll", total, "Payroll funding")


def pay_staff(today: Today) -> Iterator[Movement]:
    if today.date != pay_day(today.date):
        return
    for number, employee in enumerate(staff(today.date)):
        text = f"STAFFLIGHT PAYROLL DIR DEP {employee.name.upper()} {today.date:%m%d}{number:02d}"
        yield Movement(
            "payroll",
            -net_pay(employee, today.date),
            text,
            employee.name,
            "INCOME_SALARY",
            "income_source",
            method="ACH",
        )


def pay_payroll_taxes(today: Today) -> Iterator[Movement]:
    """Withheld and employer's taxes, two bank days after each pay day."""
    paid = last_pay_day(today.date)
    if bank_day_after(paid + timedelta(days=1), 1) != today.date:
        return
    net = sum(net_pay(employee, paid) for employee in staff(paid))
    for share, text, name in (
        (0.365, "IRS USATAXPYMT EFTPS 941", "IRS"),
        (0.062, "VT DEPT OF TAXES WITHHOLDING", "Vermont Department of Taxes"),
    ):
        yield Movement("operating", -round(net * share), text, name, TAX, method="ACH")


def pay_benefits(today: Today) -> Iterator[Movement]:
    heads = len(staff(today.date))
    for due, units, name, text, category in (
        (3, 640, "Greenshield Health", "GREENSHIELD HLTH PREMIUM", "GENERAL_SERVICES_INSURANCE"),
        (18, 390, "Beacon Retirement", "BEACON RETIREMENT 401K CONTRIB", "INCOME_SALARY"),
    ):
        if is_due(today.date, due):
            yield Movement("operating", -heads * units * 100, text, name, category, method="ACH", lag=1)
