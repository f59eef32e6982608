"""How a checkout session is completed, as the hosted page does it: discount, card, subscription, first invoice."""

from integrations.sandbox.stripe import customers
from integrations.sandbox.stripe.clock import moment
from integrations.sandbox.stripe.due import DAY
from integrations.sandbox.stripe.errors import StripeError, declined
from integrations.sandbox.stripe.invoicing import DECLINED, bill
from integrations.sandbox.stripe.news import save
from integrations.sandbox.stripe.offers import find_code
from integrations.sandbox.stripe.reckoning import add_months, months_of, period_line
from integrations.sandbox.stripe.shapes import catalogue, people
from integrations.sandbox.stripe.shapes.subscription import subscription as new_subscription
from integrations.sandbox.stripe.shelf import Body, get, outward, put
from integrations.sandbox.stripe.world import StripeWorld


def reduce(world: StripeWorld, session: Body, coupon_id: str | None, promotion_id: str | None) -> None:
    """Takes a coupon or a promotion code off the session's total; it is the subscription's once that is made."""
    code = get(world, "promotion_code", promotion_id, param="discounts[0][promotion_code]") if promotion_id else None
    coupon = get(
        world, "coupon", code["promotion"]["coupon"] if code else coupon_id or "", param="discounts[0][coupon]"
    )
    subtotal = session["amount_subtotal"]
    off = coupon["amount_off"] or round(subtotal * (coupon["percent_off"] or 0) / 100)
    session |= {
        "amount_total": max(0, subtotal - off),
        "discounts": [{"coupon": coupon["id"], "promotion_code": promotion_id}],
        "total_details": session["total_details"] | {"amount_discount": min(off, subtotal)},
    }


def apply_code(world: StripeWorld, session: Body, code: str) -> None:
    """What a person typed. Raises StripeError where it is worth nothing here."""
    found = find_code(world, code)
    if found is None or not session["allow_promotion_codes"]:
        raise StripeError("This promotion code is not valid.", param="promotion_code")
    reduce(world, session, None, found["id"])


def complete(
    world: StripeWorld, session: Body, *, card: str, code: str = "", tax_id: str = "", email: str = "", name: str = ""
) -> Body:
    """What the page does with a card, by its last digits. Raises StripeError, and the session stays open.

    `email` is kept where the customer has none, `name` where the session may set it.
    """
    if session["status"] != "open":
        raise StripeError(f"This Checkout Session is {session['status']}.")
    if code:
        apply_code(world, session, code)
    if card == DECLINED:
        raise declined()
    customer = _customer_of(world, session)
    now = moment(world, customer["id"])
    customers.set_card(world, customer["id"], card, now)
    _keep_details(world, session, customer["id"], email=email, name=name)
    if tax_id and session.get("tax_id_collection", {}).get("enabled"):
        customers.add_tax_id(world, customer["id"], tax_id, now)
    body = _subscribe(world, session, customer["id"], now)
    session |= {
        "status": "complete",
        "url": None,
        "customer": customer["id"],
        "customer_details": _details(get(world, "customer", customer["id"])),
        "payment_status": "no_payment_required" if body["status"] == "trialing" else "paid",
        "subscription": body["id"],
        "invoice": body["latest_invoice"],
    }
    return outward(save(world, session, "checkout.session.completed", now))


def _keep_details(world: StripeWorld, session: Body, customer_id: str, *, email: str, name: str) -> None:
    customer = customers.alive(world, customer_id)
    if name and session["_customer_update"].get("name") == "auto":
        customer["name"] = name
    customer["email"] = customer["email"] or email or None
    save(world, customer, "customer.updated", moment(world, customer_id))


def _subscribe(world: StripeWorld, session: Body, customer: str, now: int) -> Body:
    price, quantity = (session["_line_items"][0][name] for name in ("price", "quantity"))
    data = session["_subscription_data"]
    end = add_months(now, months_of(price))
    if data["trial_period_days"]:
        end = now + data["trial_period_days"] * DAY
    more = {name: data[name] for name in ("metadata", "description", "trial_settings") if data[name]}
    body = new_subscription(now, customer=customer, price=price, quantity=quantity, end=end, **more)
    body["test_clock"] = get(world, "customer", customer)["test_clock"]
    for one in session["discounts"]:
        body["discounts"] = [_put_discount(world, one, body, now)]
    item = body["items"]["data"][0]
    lines = [period_line(item, now, end)]
    if data["trial_period_days"]:
        body |= {"status": "trialing", "trial_start": now, "trial_end": end, "billing_cycle_anchor": end}
        lines[0] |= {"amount": 0, "subtotal": 0, "description": "Trial period"}
    save(world, body, "customer.subscription.created", now)
    bill(world, body, lines, "subscription_create", now)
    return get(world, "subscription", body["id"])


def _put_discount(world: StripeWorld, given: Body, body: Body, now: int) -> str:
    coupon = get(world, "coupon", given["coupon"])
    months = coupon["duration_in_months"] if coupon["duration"] == "repeating" else None
    made = catalogue.discount(
        now,
        of=coupon,
        end=add_months(now, months) if months else None,
        customer=body["customer"],
        subscription=body["id"],
        promotion_code=given["promotion_code"],
    )
    put(world, coupon | {"times_redeemed": coupon["times_redeemed"] + 1})
    discount_id: str = put(world, made)["id"]
    return discount_id


def _customer_of(world: StripeWorld, session: Body) -> Body:
    if session["customer"]:
        return customers.alive(world, session["customer"])
    now = int(world.now())
    return save(world, people.customer(now, email=session["customer_email"]), "customer.created", now)


def _details(customer: Body) -> Body:
    names = ("address", "email", "name", "phone", "tax_exempt")
    more = {"business_name": None, "individual_name": None, "tax_ids": customer.get("_tax_ids", [])}
    return {name: customer[name] for name in names} | more
