"""Money is a whole number of minor units and a currency. Nothing here is a float, and nothing rounds in silence."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow

from ledger.currencies import find_currency

# Sums over a sheet are int64: a bound on one amount keeps them far from its end.
MAX_MINOR = 10**16

_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
_EXACT = Context(prec=60, Emax=99, Emin=-99, traps=[Inexact, InvalidOperation, Overflow])

MINUS = "\N{MINUS SIGN}"


class InexactAmount(ValueError):
    """An amount that the currency's minor unit cannot hold exactly, or that is out of bounds."""


def to_minor(amount: Decimal, currency: str) -> int:
    """Minor units of an amount in major units: Decimal("12.34") in USD is 1234.

    Raises InexactAmount for a fraction of a minor unit, for NaN and infinity and beyond ±MAX_MINOR,
    UnknownCurrency for a code that ISO 4217 does not list. The amount itself is in no message.
    """
    exponent = find_currency(currency).exponent
    try:
        minor = int(amount.scaleb(exponent, _EXACT).to_integral_exact(context=_EXACT))
    except (Overflow, InvalidOperation, ValueError, OverflowError):
        raise InexactAmount("This amount is not a number that the ledger can hold.") from None
    except Inexact:
        raise InexactAmount(f"This amount has more decimals than {currency} has.") from None
    if abs(minor) > MAX_MINOR:
        raise InexactAmount("This amount is larger than the ledger can hold.")
    return minor


def to_decimal(minor: int, currency: str) -> Decimal:
    """The amount in major units with exactly the currency's decimals: 1234 in USD is Decimal("12.34")."""
    digits = tuple(int(digit) for digit in str(abs(minor)))
    return Decimal((minor < 0, digits, -find_currency(currency).exponent))


def convert_minor(minor: int, currency: str, rate: Decimal, base: str) -> int | None:
    """Minor units of `base` for those of `currency` at `rate` (base units for one unit), halves away from zero.

    None for what is larger than the ledger can hold.
    """
    places = find_currency(base).exponent - find_currency(currency).exponent
    exact = _WIDE.scaleb(_WIDE.multiply(Decimal(minor), rate), places)
    converted = int(exact.to_integral_value(context=_WIDE))
    return converted if abs(converted) <= MAX_MINOR else None


def format_minor(minor: int, currency: str) -> str:
    """The amount without its currency: thousands separated by commas, a real minus sign (−1,234.50)."""
    return _format(minor, find_currency(currency).exponent)


def format_all(amounts: Iterable[int], currency: str, *, zero: str | None = None) -> list[str]:
    """format_minor over a grid's amounts in one go; `zero`, if given, is shown in place of 0."""
    exponent = find_currency(currency).exponent
    if zero is None:
        return [_format(minor, exponent) for minor in amounts]
    return [_format(minor, exponent) if minor else zero for minor in amounts]


def _format(minor: int, exponent: int) -> str:
    sign, minor = (MINUS, -minor) if minor < 0 else ("", minor)
    if not exponent:
        return f"{sign}{minor:,}"
    whole, fraction = divmod(minor, 10**exponent)
    return f"{sign}{whole:,}.{fraction:0{exponent}}"
