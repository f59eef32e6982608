"""Invoices: drawn up, made final, collected by the card, tried again, and in the end given up."""

from integrations.sandbox.stripe.due import DAY
from integrations.sandbox.stripe.news import save, tell
from integrations.sandbox.stripe.reckoning import reckon
from integrations.sandbox.stripe.shapes.invoice import invoice as new_invoice
from integrations.sandbox.stripe.shelf import Body, everything, find, get, put
from integrations.sandbox.stripe.world import StripeWorld

WORKS, DECLINED, FAILS_LATER = "4242", "0002", "0341"
# After the first attempt that failed and each of the next; then it is given up.
WAITS = (3 * DAY, 5 * DAY, 7 * DAY)
RENEWAL = "subscription_cycle"


def draw_up(world: StripeWorld, subscription: Body, lines: list[Body], reason: str, now: int) -> Body:
    """What the invoice would be. Nothing is written."""
    customer = get(world, "customer", subscription["customer"])
    item = subscription["items"]["data"][0]
    period = {"period_start": item["current_period_start"], "period_end": item["current_period_end"]}
    made = new_invoice(now, customer=customer, lines=lines, reason=reason, subscription=subscription, **period)
    discount = working_discount(world, subscription, now)
    coupon = get(world, "coupon", discount["source"]["coupon"]) if discount else None
    return reckon(made, discount=discount, coupon=coupon, balance=customer["balance"])


def working_discount(world: StripeWorld, subscription: Body, now: int) -> Body | None:
    for discount_id in subscription["discounts"]:
        found = find(world, "discount", discount_id) or {}
        if found and (found["end"] is None or now < found["end"]):
            return found
    return None


def bill(world: StripeWorld, subscription: Body, lines: list[Body], reason: str, now: int) -> Body:
    """Draws up, makes final and collects. Returns the invoice; the subscription on its shelf has followed."""
    made = draw_up(world, subscription, lines, reason, now)
    save(world, made, "invoice.created", now)
    customer = get(world, "customer", made["customer"])
    number = customer["next_invoice_sequence"]
    made |= {
        "status": "open",
        "number": f"{customer['invoice_prefix']}-{number:04d}",
        "effective_at": now,
        "ending_balance": made["_ending_balance"],
        "hosted_invoice_url": f"{world.pages}/invoice/{made['id']}",
        "invoice_pdf": f"{world.pages}/invoice/{made['id']}.pdf",
        "webhooks_delivered_at": now,
    }
    made["status_transitions"]["finalized_at"] = now
    customer |= {"next_invoice_sequence": number + 1, "balance": made["ending_balance"], "currency": made["currency"]}
    save(world, customer, "customer.updated", now)
    save(world, made, "invoice.finalized", now)
    _spend_discount(world, subscription, made)
    current = get(world, "subscription", subscription["id"]) | {"latest_invoice": made["id"]}
    put(world, current)
    collect(world, made, now)
    return get(world, "invoice", made["id"])


def collect(world: StripeWorld, invoice: Body, now: int) -> bool:
    """One attempt at what is due; the subscription follows. Returns whether it is paid."""
    is_paid = invoice["amount_due"] == 0 or would_pay(world, invoice)
    count = invoice["attempt_count"] + (1 if invoice["amount_due"] else 0)
    invoice |= {"attempted": True, "attempt_count": count, "next_payment_attempt": None}
    if is_paid:
        due = invoice["amount_due"]
        invoice |= {"status": "paid", "amount_paid": due, "amount_remaining": 0, "auto_advance": False}
        invoice["status_transitions"]["paid_at"] = now
        save(world, invoice, "invoice.paid", now)
        tell(world, invoice, "invoice.payment_succeeded", now)
        _after_payment(world, invoice, now)
        return True
    is_first = invoice["billing_reason"] == "subscription_create"
    if count <= len(WAITS) and not is_first:
        invoice["next_payment_attempt"] = now + WAITS[count - 1]
    save(world, invoice, "invoice.payment_failed", now)
    if not is_first:
        _after_failure(world, invoice, now)
    return False


def would_pay(world: StripeWorld, invoice: Body) -> bool:
    """What becomes of a charge follows from the card's last digits."""
    card = card_of(world, invoice["customer"])
    last4 = card["card"]["last4"] if card else DECLINED
    return last4 == WORKS or (last4 == FAILS_LATER and invoice["billing_reason"] != RENEWAL)


def card_of(world: StripeWorld, customer_id: str) -> Body | None:
    customer = get(world, "customer", customer_id)
    return find(world, "payment_method", customer["invoice_settings"]["default_payment_method"])


def subscription_of(world: StripeWorld, invoice: Body) -> Body:
    return get(world, "subscription", invoice["parent"]["subscription_details"]["subscription"])


def open_invoices(world: StripeWorld, subscription: Body) -> list[Body]:
    """Oldest first."""
    of_customer = reversed(everything(world, "invoice", subscription["customer"]))
    wanted = subscription["id"]
    return [
        one
        for one in of_customer
        if one["status"] == "open" and one["parent"]["subscription_details"]["subscription"] == wanted
    ]


def _after_payment(world: StripeWorld, invoice: Body, now: int) -> None:
    subscription = subscription_of(world, invoice)
    if subscription["status"] in {"incomplete", "past_due", "unpaid"} and not open_invoices(world, subscription):
        save(world, subscription | {"status": "active"}, "customer.subscription.updated", now)
        _set_delinquent(world, subscription["customer"], False, now)


def _after_failure(world: StripeWorld, invoice: Body, now: int) -> None:
    subscription = subscription_of(world, invoice)
    _set_delinquent(world, subscription["customer"], True, now)
    if invoice["next_payment_attempt"]:
        if subscription["status"] == "active":
            save(world, subscription | {"status": "past_due"}, "customer.subscription.updated", now)
        return
    chosen = world.store.one("SELECT value FROM stripe_choice WHERE name = 'after_retries'")
    outcome = chosen["value"] if chosen else "unpaid"
    if outcome == "canceled":
        end(world, subscription, "payment_failed", now)
    elif subscription["status"] in {"active", "past_due"}:
        save(world, subscription | {"status": outcome}, "customer.subscription.updated", now)


def end(world: StripeWorld, subscription: Body, reason: str, now: int) -> Body:
    """The subscription is over, and nothing more is collected for it."""
    for one in open_invoices(world, subscription):
        put(world, one | {"next_payment_attempt": None, "auto_advance": False})
    details = subscription["cancellation_details"] | {"reason": reason}
    subscription |= {"status": "canceled", "ended_at": now, "cancellation_details": details}
    subscription["canceled_at"] = subscription["canceled_at"] or now
    return save(world, subscription, "customer.subscription.deleted", now)


def _set_delinquent(world: StripeWorld, customer_id: str, is_delinquent: bool, now: int) -> None:
    customer = get(world, "customer", customer_id)
    save(world, customer | {"delinquent": is_delinquent}, "customer.updated", now)


def _spend_discount(world: StripeWorld, subscription: Body, invoice: Body) -> None:
    """A coupon for one invoice ends with it."""
    for discount_id in invoice["discounts"]:
        discount = get(world, "discount", discount_id)
        if get(world, "coupon", discount["source"]["coupon"])["duration"] == "once":
            put(world, get(world, "subscription", subscription["id"]) | {"discounts": []})
