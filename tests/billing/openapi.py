"""Whether Stripe would accept a request, by its OpenAPI document as the official client carries it.

The client's parameter types are generated from the published document of the very API version that the client pins, so
they name every parameter of every operation, what is required, and the values of every enumeration. Where the types
leave an enumeration open for values to come, only those of the document are accepted here. Lengths, which types cannot
say, are the document's too.
"""

import re
import typing
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal
from urllib.parse import parse_qsl

import stripe
from jsonschema import Draft202012Validator
from stripe import params
from stripe._request_options import RequestOptions

LONGEST = 5000
LENGTHS = {"email": 512, "phone": 20, "client_reference_id": 200, "lookup_key": 200} | {
    "statement_descriptor": 22,
    "unit_label": 12,
}
METADATA = {
    "type": "object",
    "maxProperties": 50,
    "propertyNames": {"maxLength": 40},
    "additionalProperties": {"type": "string", "maxLength": 500},
}
ID = "[A-Za-z0-9_-]+"
OPERATIONS: dict[tuple[str, str], type] = {
    ("POST", "/v1/billing_portal/sessions"): params.billing_portal.SessionCreateParams,
    ("POST", "/v1/checkout/sessions"): params.checkout.SessionCreateParams,
    ("GET", f"/v1/checkout/sessions/{ID}"): params.checkout.SessionRetrieveParams,
    ("POST", f"/v1/checkout/sessions/{ID}/expire"): params.checkout.SessionExpireParams,
    ("GET", "/v1/customers"): params.CustomerListParams,
    ("POST", "/v1/customers"): params.CustomerCreateParams,
    ("GET", f"/v1/customers/{ID}"): params.CustomerRetrieveParams,
    ("POST", f"/v1/customers/{ID}"): params.CustomerUpdateParams,
    ("DELETE", f"/v1/customers/{ID}"): params.CustomerDeleteParams,
    ("GET", "/v1/events"): params.EventListParams,
    ("GET", f"/v1/events/{ID}"): params.EventRetrieveParams,
    ("GET", "/v1/invoices"): params.InvoiceListParams,
    ("POST", "/v1/invoices/create_preview"): params.InvoiceCreatePreviewParams,
    ("GET", f"/v1/invoices/{ID}"): params.InvoiceRetrieveParams,
    ("POST", f"/v1/invoices/{ID}/pay"): params.InvoicePayParams,
    ("GET", "/v1/prices"): params.PriceListParams,
    ("POST", "/v1/prices"): params.PriceCreateParams,
    ("GET", f"/v1/prices/{ID}"): params.PriceRetrieveParams,
    ("POST", f"/v1/prices/{ID}"): params.PriceUpdateParams,
    ("GET", "/v1/products"): params.ProductListParams,
    ("POST", "/v1/products"): params.ProductCreateParams,
    ("GET", f"/v1/products/{ID}"): params.ProductRetrieveParams,
    ("POST", f"/v1/products/{ID}"): params.ProductUpdateParams,
    ("GET", "/v1/subscriptions"): params.SubscriptionListParams,
    ("GET", f"/v1/subscriptions/{ID}"): params.SubscriptionRetrieveParams,
    ("POST", f"/v1/subscriptions/{ID}"): params.SubscriptionUpdateParams,
    ("DELETE", f"/v1/subscriptions/{ID}"): params.SubscriptionCancelParams,
    ("POST", f"/v1/subscriptions/{ID}/resume"): params.SubscriptionResumeParams,
}
VERSION: str = stripe.api_version


def check_request(method: str, path: str, form: str) -> list[str]:
    """What is wrong with a request, empty when nothing is. `form` is its body, of a GET or DELETE its query."""
    for (known, pattern), kind in OPERATIONS.items():
        if known == method and re.fullmatch(pattern, path):
            schema = schema_of(kind)
            value = _typed(_tree(form), schema)
            found = Draft202012Validator(schema).iter_errors(value)
            return [f"{method} {path} {error.json_path}: {_short(error.message)}" for error in found]
    return [f"{method} {path}: there is no such operation"]


def _short(message: str) -> str:
    return message if len(message) < 200 else f"{message[:80]} … {message[-80:]}"


@cache
def schema_of(kind: type) -> dict[str, Any]:
    """The JSON schema of an operation's parameters, or of an object within them."""
    # The client imports some names of its options for type checkers alone.
    hints = typing.get_type_hints(kind, localns={**vars(typing), "StripeContext": object})
    ours = [name for name in hints if name not in RequestOptions.__annotations__]
    required: frozenset[str] = kind.__required_keys__  # type: ignore[attr-defined]  # every TypedDict has it
    properties = {name: _named(name, _schema(hints[name])) for name in ours}
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(required & {*ours}),
        "additionalProperties": False,
    }


def _schema(kind: Any) -> dict[str, Any]:
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return {"enum": list(parts)}
    if origin in (typing.Union, UnionType):
        return _of_union([part for part in parts if part is not NoneType])
    if origin is list:
        return {"type": "array", "items": _schema(parts[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(parts[1])}
    if typing.is_typeddict(kind) or hasattr(kind, "__required_keys__"):
        return schema_of(kind)
    return _plain(kind)


def _plain(kind: Any) -> dict[str, Any]:
    if kind is str:
        return {"type": "string", "maxLength": LONGEST}
    names = {bool: "boolean", int: "integer", float: "number", Decimal: "number", Any: None}
    if kind not in names:
        raise TypeError(f"the client has a kind of parameter that is not known here: {kind}")
    return {"type": names[kind]} if names[kind] else {}


def _of_union(parts: list[Any]) -> dict[str, Any]:
    """The client's own objects stand beside the plain ones, and text beside an enumeration leaves it open."""
    parts = [one for one in parts if "StripeObject" not in str(one)]
    values = [value for one in parts if typing.get_origin(one) is Literal for value in typing.get_args(one)]
    others = [one for one in parts if typing.get_origin(one) is not Literal]
    if any(value != "" for value in values):
        others = [one for one in others if one is not str]
    schemas = [_schema(one) for one in others] + ([{"enum": values}] if values else [])
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _named(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """With what the document says of a parameter of that name."""
    if name == "metadata":
        return {"anyOf": [METADATA, {"enum": [""]}]} if "anyOf" in schema else METADATA
    if name in LENGTHS and schema.get("type") == "string":
        return {**schema, "maxLength": LENGTHS[name]}
    return schema


def _tree(form: str) -> dict[str, Any]:
    """`a[b][0]=c` as nested dicts of texts; `a[]` counts on."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        *steps, last = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        place = tree
        for step in steps:
            place = place.setdefault(step or str(len(place)), {})
        place[last or str(len(place))] = value
    return tree


def _typed(value: Any, schema: dict[str, Any]) -> Any:
    """Texts as what the schema wants, where they can be read so; what cannot be read stays, and is found wrong."""
    if "anyOf" in schema:
        tries = [_typed(value, one) for one in schema["anyOf"]]
        fitting = (one for one in tries if Draft202012Validator(schema).is_valid(one))
        return next(fitting, value)
    if isinstance(value, dict):
        return _typed_parts(value, schema)
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", value):
        return int(value)
    if schema.get("type") == "number" and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    if schema.get("type") == "boolean" and value in {"true", "false"}:
        return value == "true"
    return value


def _typed_parts(value: dict[str, Any], schema: dict[str, Any]) -> Any:
    if schema.get("type") == "array" and all(key.isdigit() for key in value):
        return [_typed(value[key], schema["items"]) for key in sorted(value, key=int)]
    rest = schema.get("additionalProperties")
    other = rest if isinstance(rest, dict) else {}
    return {key: _typed(one, schema.get("properties", {}).get(key, other)) for key, one in value.items()}
