"""What a change of a subscription's item asks for, as the API writes it, and what it comes to."""

import msgspec

from integrations.sandbox.stripe.catalogue import recurring_price
from integrations.sandbox.stripe.errors import StripeError
from integrations.sandbox.stripe.reckoning import lines_of_change
from integrations.sandbox.stripe.shapes.catalogue import plan
from integrations.sandbox.stripe.shelf import Body
from integrations.sandbox.stripe.world import StripeWorld


class Item(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    id: str | None = None
    price: str | None = None
    quantity: int | None = None
    metadata: dict[str, str] | None = None


def wanted_item(world: StripeWorld, subscription: Body, items: list[Item], param: str) -> tuple[Body, int]:
    """Price and quantity after the change."""
    item = subscription["items"]["data"][0]
    if len(items) != 1:
        raise StripeError("This subscription has one item.", param=param)
    asked = items[0]
    if asked.id != item["id"]:
        text = f"Invalid subscription item id: {asked.id}" if asked.id else "A subscription here has one item alone."
        raise StripeError(text, param=f"{param}[0][id]")
    price = recurring_price(world, asked.price, f"{param}[0][price]") if asked.price else item["price"]
    quantity = item["quantity"] if asked.quantity is None else asked.quantity
    if quantity < 1:
        raise StripeError("Invalid quantity: at least 1.", param=f"{param}[0][quantity]")
    return price, quantity


def parts_of_period(subscription: Body, price: Body, quantity: int, at: int | None, now: int) -> list[Body]:
    """The lines of a change within a period; a trial costs nothing, so there are none."""
    item = subscription["items"]["data"][0]
    moment = now if at is None else at
    if not item["current_period_start"] <= moment <= item["current_period_end"]:
        text = "Invalid timestamp: `proration_date` must be within the current period of the subscription."
        raise StripeError(text, param="proration_date")
    if subscription["status"] == "trialing":
        return []
    return lines_of_change(item, price=price, quantity=quantity, at=moment)


def apply_item(subscription: Body, price: Body, quantity: int) -> None:
    item = subscription["items"]["data"][0]
    item |= {"price": price, "plan": plan(price), "quantity": quantity}
