"""Stripe's way of writing nested parameters in a form: `a[b][0][c]=1`, or `a[]=1` for a list."""

import re
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from integrations.sandbox.stripe.errors import StripeError

PART = re.compile(r"\[([^\[\]]*)\]")
Asked = TypeVar("Asked", bound=msgspec.Struct)


def decode_form(text: str) -> dict[str, Any]:
    """Nested dicts and lists of texts."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        head, bracket, rest = name.partition("[")
        steps = [head, *PART.findall(bracket + rest)]
        place = tree
        for step in steps[:-1]:
            place = place.setdefault(_key(place, step), {})
            if not isinstance(place, dict):
                raise StripeError(f"Invalid parameter: {name}", param=head)
        place[_key(place, steps[-1])] = value
    listed: dict[str, Any] = {name: _listed(name, value) for name, value in tree.items()}
    return listed


def read_form(text: str, kind: type[Asked]) -> Asked:
    """Raises StripeError that names an unknown, missing or wrong parameter."""
    given = decode_form(text)
    known = {*kind.__struct_encode_fields__}
    for name in given:
        if name not in known:
            raise StripeError(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _wrong(str(error)) from None


def _key(place: dict[str, Any], step: str) -> str:
    return step or str(len(place))


def _listed(name: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(key, one) for key, one in value.items()}
    if name != "metadata" and inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def _wrong(message: str) -> StripeError:
    """Of msgspec's words, which end in `- at `$.a[...].b``."""
    what, _, where = message.partition(" - at ")
    steps = re.findall(r"\w+", where)
    if found := re.search(r"missing required field `(\w+)`", what):
        param = _named([*steps, found[1]])
        return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)
    if found := re.search(r"unknown field `(\w+)`", what):
        param = _named([*steps, found[1]])
        return StripeError(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)
    return StripeError(f"Invalid {_named(steps)}: {what}", param=_named(steps))


def _named(steps: list[str]) -> str:
    head, *rest = steps or ["request"]
    return head + "".join(f"[{step}]" for step in rest)
