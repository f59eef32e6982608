"""Coupons, and promotion codes by which people get them. One is there from the start: WELCOME20."""

import msgspec

from integrations.sandbox.stripe.call import Call, Expanding, Paged, page
from integrations.sandbox.stripe.errors import StripeError
from integrations.sandbox.stripe.news import save
from integrations.sandbox.stripe.shapes import catalogue
from integrations.sandbox.stripe.shelf import Body, everything, find, get, outward, put
from integrations.sandbox.stripe.world import StripeWorld

WELCOME = "WELCOME20"


class Coupon(Expanding, kw_only=True):
    id: str | None = None
    percent_off: float | None = None
    amount_off: int | None = None
    currency: str | None = None
    duration: str = "once"
    duration_in_months: int | None = None
    max_redemptions: int | None = None
    name: str | None = None
    metadata: dict[str, str] | None = None


class Promotion(msgspec.Struct, forbid_unknown_fields=True):
    coupon: str
    type: str = "coupon"


class PromotionCode(Expanding, kw_only=True):
    promotion: Promotion
    code: str
    active: bool = True
    max_redemptions: int | None = None
    metadata: dict[str, str] | None = None


class PromotionCodes(Paged, kw_only=True):
    active: bool | None = None
    code: str | None = None
    coupon: str | None = None


def create_coupon(world: StripeWorld, call: Call) -> Body:
    asked = call.read(Coupon)
    if (asked.percent_off is None) == (asked.amount_off is None):
        raise StripeError("You must pass either percent_off or amount_off.", param="percent_off")
    given = {name: value for name, value in msgspec.to_builtins(asked).items() if value is not None}
    given.pop("expand")
    made = catalogue.coupon(int(world.now()), **given)
    return outward(save(world, made, "coupon.created", int(world.now())))


def create_promotion_code(world: StripeWorld, call: Call) -> Body:
    asked = call.read(PromotionCode)
    coupon = get(world, "coupon", asked.promotion.coupon, param="promotion[coupon]")
    more = {"active": asked.active, "max_redemptions": asked.max_redemptions, "metadata": asked.metadata or {}}
    made = catalogue.promotion_code(int(world.now()), code=asked.code, coupon_id=coupon["id"], **more)
    return outward(save(world, made, "promotion_code.created", int(world.now())))


def list_promotion_codes(world: StripeWorld, call: Call) -> Body:
    asked = call.read(PromotionCodes)
    wanted = [
        one
        for one in everything(world, "promotion_code")
        if asked.active in {None, one["active"]}
        and (asked.code is None or one["code"].upper() == asked.code.upper())
        and asked.coupon in {None, one["promotion"]["coupon"]}
    ]
    return page(call, asked, wanted)


def find_code(world: StripeWorld, code: str) -> Body | None:
    """By what a person typed; upper and lower case are the same."""
    for one in everything(world, "promotion_code"):
        if one["active"] and one["code"].upper() == code.strip().upper():
            return one
    return None


def add_built_in(world: StripeWorld) -> None:
    """A fifth off for three months."""
    if find(world, "coupon", "welcome") is not None:
        return
    now = int(world.now())
    more = {"percent_off": 20.0, "duration": "repeating", "duration_in_months": 3, "name": "Welcome"}
    put(world, catalogue.coupon(now, id="welcome", **more))
    put(world, catalogue.promotion_code(now, code=WELCOME, coupon_id="welcome"))
