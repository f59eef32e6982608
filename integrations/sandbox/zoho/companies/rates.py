"""Invented courses: what a euro and a pound cost in dollars, and a pound in euro."""

import math
from datetime import date
from decimal import Decimal

from integrations.sandbox.company.treasury import euro_rate

SIX = Decimal("1.000000")


def dollars_for(currency: str, day: date) -> Decimal:
    """To six decimals, as rates are kept with a document."""
    if currency == "USD":
        return Decimal(1)
    value = euro_rate(day) if currency == "EUR" else pound_rate(day)
    return Decimal(f"{value:.6f}")


def euro_for(currency: str, day: date) -> Decimal:
    if currency == "EUR":
        return Decimal(1)
    return (dollars_for(currency, day) / dollars_for("EUR", day)).quantize(SIX)


def pound_rate(day: date) -> float:
    return 1.27 + 0.03 * math.sin(day.toordinal() / 83) + 0.012 * math.sin(day.toordinal() / 19)
