"""Conversion between currencies, in minor units; each of the currencies here has two decimals."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

ONE = Decimal(1)


def to_base(minor: int, rate: Decimal) -> int:
    """Minor units of the base currency."""
    return int((minor * rate).quantize(ONE, rounding=ROUND_HALF_EVEN))


def from_base(base: int, rate: Decimal) -> int:
    """Minor units of the currency of which one is worth `rate` of the base currency."""
    return int((base / rate).quantize(ONE, rounding=ROUND_HALF_EVEN))


def rate_between(minor: int, base: int) -> Decimal:
    """The rate by which `minor` is `base` to the last minor unit."""
    return (Decimal(base) / Decimal(minor)).quantize(Decimal("1.0000000000"))


def split(base: int, parts: Sequence[int]) -> list[int]:
    """`base` divided as `parts` are, so that nothing is lost: each running sum is rounded."""
    whole = sum(parts)
    shares, given, reached = [], 0, 0
    for part in parts:
        reached += part
        upto = int((Decimal(base) * reached / whole).quantize(ONE, rounding=ROUND_HALF_EVEN)) if whole else 0
        shares.append(upto - given)
        given = upto
    return shares
