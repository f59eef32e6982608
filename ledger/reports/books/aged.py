"""Amounts by how long they have been due."""

from dataclasses import dataclass
from uuid import UUID

BUCKETS = ("Current", "1–30 days", "31–60 days", "61–90 days", "Over 90 days")


@dataclass(frozen=True, slots=True)
class Aged:
    """Minor units of one currency. `buckets` are those of BUCKETS, `credits` ≤ 0 what unused credit notes take off.

    `count` is how many invoices or bills are open.
    """

    buckets: tuple[int, ...] = (0,) * len(BUCKETS)
    credits: int = 0
    count: int = 0

    @property
    def overdue(self) -> int:
        return sum(self.buckets[1:])

    @property
    def total(self) -> int:
        return sum(self.buckets) + self.credits


@dataclass(frozen=True, slots=True)
class CurrencyAged:
    """What is owed in one currency."""

    currency: str
    aged: Aged


@dataclass(frozen=True, slots=True)
class ContactAged:
    """What one contact owes or is owed: in each currency, by code, and all of it in the base currency.

    `contact_id` is None for documents of no contact that is known.
    """

    contact_id: UUID | None
    name: str
    base_currency: str
    base: Aged
    currencies: tuple[CurrencyAged, ...]
