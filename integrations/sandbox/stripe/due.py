"""When something happens to an object by itself, in its customer's own time."""

from typing import Any

HOUR = 3600
DAY = 24 * HOUR
# A first payment that never came; a warning before a trial ends.
INCOMPLETE_LASTS = 23 * HOUR
WARNING = 3 * DAY


def due_at(body: dict[str, Any]) -> float | None:
    """None for what waits for somebody."""
    if body["object"] == "subscription":
        return _of_subscription(body)
    if body["object"] == "checkout.session" and body["status"] == "open":
        return float(body["expires_at"])
    if body["object"] == "invoice" and body["status"] == "open" and body["next_payment_attempt"]:
        return float(body["next_payment_attempt"])
    return None


def _of_subscription(body: dict[str, Any]) -> float | None:
    if body["status"] == "incomplete":
        return float(body["created"] + INCOMPLETE_LASTS)
    if body["status"] not in {"trialing", "active", "past_due", "unpaid"}:
        return None
    moments = [body["items"]["data"][0]["current_period_end"]]
    if body["cancel_at"]:
        moments.append(body["cancel_at"])
    if body["status"] == "trialing" and not body.get("_warned"):
        moments.append(body["trial_end"] - WARNING)
    return float(min(moments))
