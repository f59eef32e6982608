"""Cedarline's cash management: the operating account is kept within bounds, euro are exchanged, interest and fees."""

import math
from collections.abc import Iterator
from datetime import date

from integrations.sandbox.bank import PartyType
from integrations.sandbox.company.calendar import MONDAY, bank_day_after, bank_day_before, is_bank_day, last_of_month
from integrations.sandbox.company.movement import Movement, Today, between_own_accounts

FLOOR, CEILING, STEP = 260_000_00, 620_000_00, 150_000_00
EURO_CEILING, EURO_STEP = 90_000_00, 40_000_00
BANK: PartyType = "financial_institution"


def keep_operating_in_bounds(today: Today) -> Iterator[Movement]:
    """On the first bank day of a week."""
    if not is_bank_day(today.date) or bank_day_after(_monday(today.date), 0) != today.date:
        return
    held, saved = today.balances["operating"], today.balances["savings"]
    if held < FLOOR and saved > STEP:
        yield from between_own_accounts("savings", "operating", STEP, "From savings", "SAVINGS")
    elif held > CEILING:
        yield from between_own_accounts("operating", "savings", STEP, "To savings", "SAVINGS")


def exchange_euro(today: Today) -> Iterator[Movement]:
    """Euro above a bound are sold for dollars; a shortage is bought. Both legs, each in its currency."""
    held = today.balances["euro"]
    if not is_bank_day(today.date) or EURO_STEP / 2 <= held <= EURO_CEILING:
        return
    rate = euro_rate(today.date)
    sign = -1 if held > EURO_CEILING else 1
    text = f"FX EUR/USD {rate:.4f}"
    for account, minor in (("euro", sign * EURO_STEP), ("operating", round(-sign * EURO_STEP * rate))):
        way = "IN" if minor > 0 else "OUT"
        yield Movement(account, minor, text, "Currency exchange", f"TRANSFER_{way}_ACCOUNT_TRANSFER", BANK, method="FX")


def euro_rate(day: date) -> float:
    """Dollars for one euro: an invented course between 1.04 and 1.14."""
    return 1.09 + 0.035 * math.sin(day.toordinal() / 97) + 0.015 * math.sin(day.toordinal() / 23)


def earn_interest(today: Today) -> Iterator[Movement]:
    if today.date != bank_day_before(last_of_month(today.date)):
        return
    for account, yearly in (("savings", 0.0365), ("operating", 0.004)):
        minor = round(today.balances[account] * yearly / 12)
        if minor > 0:
            yield Movement(account, minor, "INTEREST PAYMENT", "Interest", "INCOME_INTEREST_EARNED", BANK)


def pay_bank_fees(today: Today) -> Iterator[Movement]:
    if today.date == bank_day_after(today.date.replace(day=1), 1):
        for account, minor, text in (
            ("operating", 45_00, "MONTHLY ACCOUNT FEE"),
            ("euro", 12_00, "KONTOFUEHRUNG ACCOUNT FEE"),
        ):
            yield Movement(account, -minor, text, "Account fee", "BANK_FEES_OTHER_BANK_FEES", BANK)


def _monday(day: date) -> date:
    return date.fromordinal(day.toordinal() - day.weekday() + MONDAY)
