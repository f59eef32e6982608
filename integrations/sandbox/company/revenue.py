"""Cedarline's income: subscriptions, instrument orders, card payouts, customers in euro, and refunds."""

from collections.abc import Iterator
from datetime import date

from integrations.sandbox.company.calendar import is_bank_day, is_due, months_between
from integrations.sandbox.company.movement import Movement, Today
from integrations.sandbox.company.people import EURO_CUSTOMERS, subscribers

START = date(2023, 6, 1)
INCOME = "INCOME_OTHER"

# Budgets are spent at the end of the year, and little is ordered in summer.
SEASON = (0.86, 0.92, 1.06, 1.0, 1.0, 1.04, 0.82, 0.80, 1.02, 1.08, 1.16, 1.30)


def growth(day: date) -> float:
    """How much larger orders and payouts are than at the start: quick at first, then slower, at most five times."""
    months = max(months_between(START, day), 0)
    return 1 + 4 * months / (months + 64)


def receive_subscriptions(today: Today) -> Iterator[Movement]:
    if not is_bank_day(today.date):
        return
    for customer in subscribers(today.date):
        is_missed = today.dice.random() < 0.02
        if is_due(today.date, customer.pay_day) and not is_missed:
            yearly_rise = 1 + 0.04 * max(today.date.year - max(customer.since.year, 2023), 0)
            yield _received("operating", customer.name, round(customer.monthly * 100 * yearly_rise), today, lag=1)


def receive_orders(today: Today) -> Iterator[Movement]:
    """Instruments are paid for by wire."""
    if not is_bank_day(today.date) or not today.happens(2.7 * growth(today.date) * SEASON[today.date.month - 1]):
        return
    customer = today.dice.choice(subscribers(today.date))
    units = today.dice.choice((1, 1, 1, 2, 2, 3))
    reference = f"INV-{today.dice.randrange(10_000, 99_999)}"
    minor = units * today.around(7_600, 0.2)
    yield _received("operating", customer.name, minor, today, method="Wire", reference=reference)
    yield Movement(
        "operating",
        -1_500,
        "INCOMING WIRE FEE",
        "Incoming wire fee",
        "BANK_FEES_OTHER_BANK_FEES",
        "financial_institution",
    )


def receive_card_payouts(today: Today) -> Iterator[Movement]:
    if today.date.weekday() != 1:
        return
    minor = today.around(1_900 * growth(today.date), 0.25)
    yield Movement(
        "operating",
        minor,
        f"PAYLATCH PAYOUT {today.dice.randrange(10**7, 10**8)}",
        "Paylatch",
        INCOME,
        "payment_terminal",
        method="ACH",
        lag=1,
    )


def receive_euro(today: Today) -> Iterator[Movement]:
    if not is_bank_day(today.date):
        return
    for customer in EURO_CUSTOMERS:
        if customer.since <= today.date and is_due(today.date, customer.pay_day):
            yield _received("euro", customer.name, customer.monthly * 100, today, method="SEPA")


def refund_customers(today: Today) -> Iterator[Movement]:
    if is_bank_day(today.date) and today.happens(0.7):
        customer = today.dice.choice(subscribers(today.date))
        minor = today.around(customer.monthly * today.dice.uniform(0.2, 1.0), 0.1)
        yield Movement(
            "operating", -minor, f"ACH CREDIT RETURN {customer.name.upper()} REFUND", customer.name, INCOME,
            "income_source", method="ACH", reference=f"CN-{today.dice.randrange(1_000, 9_999)}",
        )  # fmt: skip


def _received(
    account: str,
    name: str,
    minor: int,
    today: Today,
    *,
    method: str = "ACH",
    reference: str | None = None,
    lag: int = 0,
) -> Movement:
    reference = reference or f"INV-{today.dice.randrange(10_000, 99_999)}"
    text = f"{method.upper()} CREDIT {name.upper()} {reference}"
    return Movement(account, minor, text, name, INCOME, "income_source", method=method, reference=reference, lag=lag)
