"""Stripe's objects as far as they are read here, in the places of today's API version and of those before it.

Unknown keys are passed over. Times are Unix seconds, amounts minor units.
"""

from datetime import UTC, datetime

import msgspec


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class Id(msgspec.Struct, frozen=True):
    """An object of which only the id is of interest."""

    id: str


# Where an object may be written out, or be named by its id alone.
Named = str | Id | None


def id_of(named: Named) -> str | None:
    return named.id if isinstance(named, Id) else named


class Price(msgspec.Struct, frozen=True):
    id: str
    currency: str
    unit_amount: int | None = None
    lookup_key: str | None = None
    metadata: dict[str, str] = {}
    product: Named = None


class Prices(msgspec.Struct, frozen=True):
    data: list[Price]


class Products(msgspec.Struct, frozen=True):
    data: list[Id]


class Item(msgspec.Struct, frozen=True):
    id: str
    price: Price
    quantity: int | None = None
    current_period_end: int | None = None


class Items(msgspec.Struct, frozen=True):
    data: list[Item]


class Subscription(msgspec.Struct, frozen=True):
    id: str
    status: str
    created: int
    items: Items
    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    ended_at: int | None = None
    current_period_end: int | None = None

    @property
    def item(self) -> Item | None:
        return self.items.data[0] if len(self.items.data) == 1 else None

    @property
    def period_end(self) -> datetime | None:
        """On the item since 2025-03-31, on the subscription before."""
        end = (self.item.current_period_end if self.item else None) or self.current_period_end
        return moment(end) if end else None

    @property
    def ends_at(self) -> datetime | None:
        """When it ends unless somebody changes that."""
        if self.cancel_at:
            return moment(self.cancel_at)
        return self.period_end if self.cancel_at_period_end else None


class Subscriptions(msgspec.Struct, frozen=True):
    data: list[Subscription]


class OfSubscription(msgspec.Struct, frozen=True):
    subscription: Named = None


class Parent(msgspec.Struct, frozen=True):
    subscription_details: OfSubscription | None = None


class Period(msgspec.Struct, frozen=True):
    start: int
    end: int


class Line(msgspec.Struct, frozen=True):
    amount: int
    period: Period
    description: str | None = None


class Lines(msgspec.Struct, frozen=True):
    data: list[Line]


class Invoice(msgspec.Struct, frozen=True):
    """A preview has no id of its own and no number."""

    created: int
    total: int
    amount_due: int
    currency: str
    id: str = ""
    status: str | None = None
    number: str | None = None
    hosted_invoice_url: str | None = None
    invoice_pdf: str | None = None
    parent: Parent | None = None
    subscription: Named = None
    lines: Lines = Lines([])

    @property
    def subscription_id(self) -> str | None:
        """Under `parent` since 2025-03-31, on the invoice before."""
        details = self.parent.subscription_details if self.parent else None
        return id_of(details.subscription if details else self.subscription)


class Invoices(msgspec.Struct, frozen=True):
    data: list[Invoice]


class Checkout(msgspec.Struct, frozen=True):
    id: str
    status: str | None = None
    url: str | None = None


class Portal(msgspec.Struct, frozen=True):
    url: str


class About(msgspec.Struct, frozen=True):
    """What an event is about. A customer is itself one; all else names its customer."""

    id: str = ""
    object: str = ""
    customer: Named = None

    @property
    def customer_id(self) -> str | None:
        return self.id if self.object == "customer" else id_of(self.customer)


class Data(msgspec.Struct, frozen=True):
    object: About


class Event(msgspec.Struct, frozen=True):
    id: str
    object: str
    type: str
    data: Data
