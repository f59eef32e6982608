"""What a sample company's activities yield: movements of money, and the day they happen on."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from integrations.sandbox.bank import PartyType


@dataclass(frozen=True, slots=True)
class Movement:
    """Money into (+) or out of (-) an account in minor units, made today and posted `lag` bank days later.

    `is_void`: it is never posted, its pending row vanishes. `is_vague`: at first the bank gives the text alone, and
    the merchant becomes known two days after posting.
    """

    account: str
    minor: int
    text: str
    party: str
    category: str
    party_type: PartyType = "merchant"
    channel: Literal["online", "in store", "other"] = "other"
    city: str | None = None
    region: str | None = None
    method: str | None = None
    reference: str | None = None
    check_number: str | None = None
    lag: int = 0
    is_void: bool = False
    is_vague: bool = False


@dataclass(frozen=True, slots=True)
class Today:
    """A day in the life of a company: its date, its random numbers, and the balances when it began (minor units)."""

    date: date
    dice: random.Random
    balances: dict[str, int]

    def happens(self, per_month: float) -> bool:
        """True on about `per_month` of a month's 21 bank days."""
        return self.dice.random() < per_month / 21

    def around(self, units: float, spread: float = 0.15) -> int:
        """Minor units around an amount in whole units."""
        return round(units * 100 * self.dice.uniform(1 - spread, 1 + spread))


Activity = Callable[[Today], Iterator[Movement]]


def between_own_accounts(
    source: str, target: str, minor: int, label: str, kind: Literal["ACCOUNT_TRANSFER", "SAVINGS"] = "ACCOUNT_TRANSFER"
) -> Iterator[Movement]:
    """Both legs of a transfer between accounts of the company in one currency."""
    text = f"ONLINE TRANSFER {label}".upper()
    for account, amount, direction in ((source, -minor, "OUT"), (target, minor, "IN")):
        yield Movement(
            account, amount, text, label, f"TRANSFER_{direction}_{kind}", "financial_institution", method="Transfer"
        )
