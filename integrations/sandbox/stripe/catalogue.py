"""Products, and prices with their lookup keys."""

from typing import Any

import msgspec

from integrations.sandbox.stripe.call import Call, Expanding, Nothing, Paged, page
from integrations.sandbox.stripe.customers import merged
from integrations.sandbox.stripe.errors import StripeError, missing
from integrations.sandbox.stripe.news import save
from integrations.sandbox.stripe.shapes import catalogue
from integrations.sandbox.stripe.shelf import Body, everything, find, get, outward
from integrations.sandbox.stripe.world import StripeWorld


class AboutProduct(Expanding, kw_only=True):
    name: str | None = None
    active: bool | None = None
    description: str | None = None
    metadata: dict[str, str] | str | None = None
    statement_descriptor: str | None = None
    tax_code: str | None = None
    unit_label: str | None = None
    url: str | None = None


class Product(AboutProduct, kw_only=True):
    id: str | None = None


class ProductChange(AboutProduct, kw_only=True):
    default_price: str | None = None


class Products(Paged, kw_only=True):
    active: bool | None = None
    ids: list[str] | None = None
    url: str | None = None


class Recurring(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    interval: str
    interval_count: int = 1
    usage_type: str = "licensed"


class PriceChange(Expanding, kw_only=True):
    active: bool | None = None
    lookup_key: str | None = None
    transfer_lookup_key: bool = False
    metadata: dict[str, str] | str | None = None
    nickname: str | None = None
    tax_behavior: str | None = None


class Price(PriceChange, kw_only=True):
    currency: str
    unit_amount: int
    product: str
    recurring: Recurring | None = None


class Prices(Paged, kw_only=True):
    active: bool | None = None
    currency: str | None = None
    lookup_keys: list[str] | None = None
    product: str | None = None
    type: str | None = None
    recurring: Any = None


def create_product(world: StripeWorld, call: Call) -> Body:
    asked = call.read(Product)
    if not asked.name:
        raise StripeError("Missing required param: name.", code="parameter_missing", param="name")
    if asked.id and find(world, "product", asked.id):
        raise StripeError("Product already exists.", code="resource_already_exists", param="id")
    made = catalogue.product(int(world.now()))
    named = {"id": asked.id} if asked.id else {}
    return outward(save(world, _product(made, asked) | named, "product.created", int(world.now())))


def update_product(world: StripeWorld, call: Call) -> Body:
    asked, found = call.read(ProductChange), get(world, "product", call.id, in_path=True)
    now = int(world.now())
    return outward(save(world, _product(found, asked) | {"updated": now}, "product.updated", now))


def list_products(world: StripeWorld, call: Call) -> Body:
    asked = call.read(Products)
    wanted = [
        one
        for one in everything(world, "product")
        if asked.active in {None, one["active"]} and (asked.ids is None or one["id"] in asked.ids)
    ]
    return page(call, asked, wanted)


def create_price(world: StripeWorld, call: Call) -> Body:
    asked = call.read(Price)
    get(world, "product", asked.product, param="product")
    every = msgspec.to_builtins(asked.recurring) if asked.recurring else None
    now = int(world.now())
    made = catalogue.price(
        now, unit_amount=asked.unit_amount, recurring=every, currency=asked.currency, product=asked.product
    )
    return outward(save(world, _price(world, made, asked), "price.created", now))


def update_price(world: StripeWorld, call: Call) -> Body:
    asked, found = call.read(PriceChange), get(world, "price", call.id, in_path=True)
    return outward(save(world, _price(world, found, asked), "price.updated", int(world.now())))


def list_prices(world: StripeWorld, call: Call) -> Body:
    asked = call.read(Prices)
    wanted = [
        one
        for one in everything(world, "price")
        if asked.active in {None, one["active"]}
        and asked.currency in {None, one["currency"]}
        and asked.product in {None, one["product"]}
        and asked.type in {None, one["type"]}
        and (asked.lookup_keys is None or one["lookup_key"] in asked.lookup_keys)
    ]
    return page(call, asked, wanted)


def read_one(kind: str) -> Any:
    """The deed that reads one object of a kind."""

    def read(world: StripeWorld, call: Call) -> Body:
        call.read(Nothing)
        return outward(get(world, kind, call.id, in_path=True))

    return read


def _product(body: Body, asked: AboutProduct) -> Body:
    plain = ("name", "active", "description", "statement_descriptor", "tax_code", "unit_label", "url", "default_price")
    given = {name: getattr(asked, name, None) for name in plain if getattr(asked, name, None) is not None}
    body |= {name: None if value == "" else value for name, value in given.items()}
    return body | {"metadata": merged(body["metadata"], asked.metadata)}


def _price(world: StripeWorld, body: Body, asked: PriceChange) -> Body:
    """A lookup key is one price's alone: it is given over only where that is asked for."""
    for name in ("active", "nickname", "tax_behavior"):
        if getattr(asked, name) is not None:
            body[name] = getattr(asked, name)
    body["metadata"] = merged(body["metadata"], asked.metadata)
    if asked.lookup_key is None:
        return body
    for other in everything(world, "price"):
        if asked.lookup_key and other["lookup_key"] == asked.lookup_key and other["id"] != body["id"]:
            if not asked.transfer_lookup_key:
                text = f"A price (`{other['id']}`) already uses that lookup key."
                raise StripeError(text, code="resource_already_exists", param="lookup_key")
            save(world, other | {"lookup_key": None}, "price.updated", int(world.now()))
    return body | {"lookup_key": asked.lookup_key or None}


def recurring_price(world: StripeWorld, price_id: str, param: str) -> Body:
    """Raises StripeError for one that is not sold any more, or once only."""
    found = find(world, "price", price_id)
    if found is None:
        raise missing("price", price_id, param=param)
    if not found["active"]:
        raise StripeError("The price specified is inactive. This field only accepts active prices.", param=param)
    if found["recurring"] is None:
        raise StripeError("The price specified is set to `type=one_time`.", param=param)
    return found
