"""Amounts, in minor units: a period's price, the parts of a period that was changed within, discounts and credit."""

from calendar import monthrange
from datetime import UTC, datetime
from fractions import Fraction

from integrations.sandbox.stripe.shapes.invoice import line
from integrations.sandbox.stripe.shelf import Body


def round_half_up(amount: Fraction) -> int:
    """Away from zero, as Stripe rounds."""
    half = Fraction(1, 2)
    return int(amount + half) if amount >= 0 else -int(-amount + half)


def add_months(moment: int, months: int, *, day: int | None = None) -> int:
    """The same time of day, on `day` (else the moment's own) or on the month's last."""
    then = datetime.fromtimestamp(moment, UTC)
    count = then.month - 1 + months
    year, month = then.year + count // 12, count % 12 + 1
    last = min(day or then.day, monthrange(year, month)[1])
    return int(then.replace(year=year, month=month, day=last).timestamp())


def months_of(price: Body) -> int:
    every = price["recurring"]
    return int(every["interval_count"]) * (12 if every["interval"] == "year" else 1)


def period_line(item: Body, start: int, end: int) -> Body:
    """A whole period of what the item is now."""
    price, quantity = item["price"], item["quantity"]
    words = f"{quantity} × {price['nickname'] or price['lookup_key'] or price['id']}"
    amount = price["unit_amount"] * quantity
    return line(item, amount=amount, quantity=quantity, price=price, period=(start, end), words=words)


def lines_of_change(item: Body, *, price: Body, quantity: int, at: int) -> list[Body]:
    """What is not used any more is given back, what is used from now on is charged, both to the second."""
    if (price["id"], quantity) == (item["price"]["id"], item["quantity"]):
        return []
    start, end = item["current_period_start"], item["current_period_end"]
    rest = Fraction(end - at, end - start)
    old, former = item["price"], item["quantity"]
    back = -round_half_up(rest * old["unit_amount"] * former)
    more = round_half_up(rest * price["unit_amount"] * quantity)
    return [
        line(item, amount=back, quantity=former, price=old, period=(at, end), words=f"Unused time on {former} seats"),
        line(
            item, amount=more, quantity=quantity, price=price, period=(at, end), words=f"Remaining time on {quantity}"
        ),
    ]


def reckon(invoice: Body, *, discount: Body | None, coupon: Body | None, balance: int) -> Body:
    """Fills in the invoice's sums. A negative `balance` is credit, which is used up first; what is left stays credit."""
    taken = 0
    if discount and coupon:
        for one in invoice["lines"]["data"]:
            part = _taken(one["amount"], coupon)
            one["discount_amounts"] = [{"amount": part, "discount": discount["id"]}]
            taken += part
        if coupon["amount_off"]:
            taken = min(coupon["amount_off"], max(0, invoice["subtotal"]))
        invoice["discounts"] = [discount["id"]]
        invoice["total_discount_amounts"] = [{"amount": taken, "discount": discount["id"]}]
    total = invoice["subtotal"] - taken
    due = max(0, total + balance)
    invoice |= {"total": total, "total_excluding_tax": total, "amount_due": due, "amount_remaining": due}
    invoice |= {"starting_balance": balance, "_ending_balance": min(0, total + balance)}
    return invoice


def _taken(amount: int, coupon: Body) -> int:
    return round_half_up(Fraction(str(coupon["percent_off"] or 0)) * amount / 100)
