"""What the transactions page asks for: one frozen filter, and which path (SQL or sheets) can answer it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    SMALLEST = "smallest"
    COUNTERPARTY = "counterparty"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Show(StrEnum):
    """Which rows by status. Removed rows are shown only when asked for by name."""

    ALL = "all"
    POSTED = "posted"
    PENDING = "pending"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class TransactionFilter:
    """Every field narrows; empty means all. `first` and `last` are included.

    `amount_from` and `amount_to` are major units, compared without sign in each row's own currency; LARGEST and
    SMALLEST sort by the signed amount in major units. `text` is words that must all occur in description,
    counterparty, memo or note, whatever their case. `uncategorised` adds rows without a category to `categories`.
    """

    first: date | None = None
    last: date | None = None
    accounts: tuple[UUID, ...] = ()
    categories: tuple[UUID, ...] = ()
    uncategorised: bool = False
    show: Show = Show.ALL
    direction: Direction | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    text: str = ""
    counterparties: tuple[UUID, ...] = ()
    currencies: tuple[str, ...] = ()
    order: Order = Order.NEWEST

    @property
    def needs_sheets(self) -> bool:
        """Whether sealed columns decide which rows match or how they are sorted."""
        asks_sealed = self.text.strip() or self.counterparties or self.direction
        asks_amount = self.amount_from is not None or self.amount_to is not None
        return bool(
            asks_sealed or asks_amount or self.show == Show.REMOVED or self.order not in (Order.NEWEST, Order.OLDEST)
        )
