"""A call of the API as its handlers see it, and how lists are answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from integrations.sandbox.stripe.errors import missing
from integrations.sandbox.stripe.form import Asked, read_form
from integrations.sandbox.stripe.shelf import Body, find, outward
from integrations.sandbox.stripe.world import StripeWorld

MOST, USUAL = 100, 10


class Expanding(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What every call may ask: to have ids replaced by their objects."""

    expand: list[str] = msgspec.field(default_factory=list)


class Paged(Expanding, kw_only=True):
    limit: int = USUAL
    starting_after: str | None = None
    ending_before: str | None = None
    created: Any = None


class Nothing(Expanding, kw_only=True):
    """No parameters of its own."""


@dataclass(frozen=True, slots=True)
class Call:
    """`form` is the query of a GET, the body of all else."""

    path: str
    form: str
    match: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.match["id"]

    def read(self, kind: type[Asked]) -> Asked:
        return read_form(self.form, kind)


Deed = Callable[[StripeWorld, Call], Body]


def page(call: Call, asked: Paged, found: list[Body]) -> Body:
    """`found` are newest first."""
    ids = [one["id"] for one in found]
    for name in ("starting_after", "ending_before"):
        if getattr(asked, name) not in {None, *ids}:
            raise missing("object", getattr(asked, name), param=name)
    if asked.starting_after:
        found = found[ids.index(asked.starting_after) + 1 :]
    elif asked.ending_before:
        found = found[: ids.index(asked.ending_before)]
    limit = min(max(asked.limit, 1), MOST)
    shown = [outward(one) for one in found[:limit]]
    return {"object": "list", "data": shown, "has_more": len(found) > limit, "url": call.path}


def expand(world: StripeWorld, body: Body, paths: list[str]) -> Body:
    """Replaces ids by their objects, as far as they are known."""
    for path in paths:
        _expand(world, body, path.split("."))
    return body


def _expand(world: StripeWorld, place: Any, steps: list[str]) -> None:
    if isinstance(place, list):
        for one in place:
            _expand(world, one, steps)
        return
    if not isinstance(place, dict) or not steps or place.get(steps[0]) is None:
        return
    name, *rest = steps
    place[name] = _object(world, place[name])
    _expand(world, place[name], rest)


def _object(world: StripeWorld, value: Any) -> Any:
    if isinstance(value, list):
        return [_object(world, one) for one in value]
    if not isinstance(value, str):
        return value
    for kind in KINDS.get(value.partition("_")[0], ()):
        if found := find(world, kind, value):
            return outward(found)
    return value


KINDS = {
    "cus": ("customer",),
    "sub": ("subscription",),
    "in": ("invoice",),
    "prod": ("product",),
    "price": ("price",),
    "pm": ("payment_method",),
    "di": ("discount",),
    "promo": ("promotion_code",),
}
