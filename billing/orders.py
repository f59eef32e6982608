"""What the gateway is asked for, and what it answers to a preview."""

from dataclasses import dataclass, field
from uuid import UUID

from billing.stripe_shapes import Invoice


@dataclass(frozen=True, slots=True)
class NewCheckout:
    """A visit to Stripe's page for paying."""

    workspace_id: UUID
    customer_id: str = field(repr=False)
    price_id: str
    seats: int
    success_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class Change:
    """Another number of seats and, where `price_id` is given, another plan."""

    subscription_id: str = field(repr=False)
    item_id: str = field(repr=False)
    seats: int
    price_id: str | None = None


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The invoice that a change would make at once, and the one of the next renewal."""

    now: Invoice = field(repr=False)
    later: Invoice = field(repr=False)
