"""Objects as versions before 2025-03-31 ("basil") had them: the period on the subscription, not on its items, and the
subscription on the invoice, not under `parent`."""

from typing import Any

from integrations.sandbox.stripe.shelf import Body

BASIL = "2025-03-31"
OLD_VERSION = "2024-06-20"


def as_of(version: str, body: Body) -> Body:
    """What a call of that version is answered."""
    return body if version >= BASIL else older(body)


def older(value: Any) -> Any:
    """The value with every subscription, invoice and line within it in its former shape."""
    if isinstance(value, list):
        return [older(one) for one in value]
    if not isinstance(value, dict):
        return value
    body = {key: older(one) for key, one in value.items()}
    return SHAPES.get(str(body.get("object")), lambda same: same)(body)


def _subscription(body: Body) -> Body:
    for item in body["items"]["data"]:
        body |= {name: item.pop(name) for name in ("current_period_start", "current_period_end") if name in item}
    for name in ("billing_mode", "billing_schedules", "managed_payments", "customer_account"):
        body.pop(name, None)
    return body | {"plan": body["items"]["data"][0]["plan"], "quantity": body["items"]["data"][0]["quantity"]}


def _invoice(body: Body) -> Body:
    details = (body.pop("parent", None) or {}).get("subscription_details") or {}
    is_paid = body["status"] == "paid"
    return body | {
        "subscription": details.get("subscription"),
        "subscription_details": {"metadata": details.get("metadata")},
        "paid": is_paid,
        "paid_out_of_band": False,
        "charge": None,
        "payment_intent": None,
        "tax": None,
        "discount": None,
    }


def _line(body: Body) -> Body:
    details = (body.pop("parent", None) or {}).get("subscription_item_details") or {}
    pricing = (body.pop("pricing", None) or {}).get("price_details") or {}
    return body | {
        "type": "subscription",
        "subscription": details.get("subscription"),
        "subscription_item": details.get("subscription_item"),
        "proration": details.get("proration"),
        "price": {"id": pricing.get("price"), "object": "price", "product": pricing.get("product")},
    }


SHAPES = {"subscription": _subscription, "invoice": _invoice, "line_item": _line}
