"""The checkout page.

Form fields: `decision` (pay or apply), `card` (last digits), `promotion_code`, `email`, `name`, `tax_id`.
"""

from collections.abc import Mapping
from html import escape

from integrations.sandbox.paper import redirect
from integrations.sandbox.stripe import paying
from integrations.sandbox.stripe.due import DAY
from integrations.sandbox.stripe.errors import StripeError
from integrations.sandbox.stripe.hosted.frame import (
    CARDS,
    button,
    card_choices,
    closed,
    day,
    fill,
    money,
    page,
    product_name,
)
from integrations.sandbox.stripe.invoicing import WORKS
from integrations.sandbox.stripe.shelf import Body, find, get, put
from integrations.sandbox.stripe.world import StripeWorld
from integrations.sandbox.web import Request, Response

SESSION_MARK = "{CHECKOUT_SESSION_ID}"


def show(world: StripeWorld, request: Request, session: Body) -> Response:
    if session["status"] != "open":
        word = "has been paid" if session["status"] == "complete" else "has expired"
        return closed(f"This page {word}.", back=session["cancel_url"])
    return _form(world, session, {})


def submit(world: StripeWorld, request: Request, session: Body) -> Response:
    form = {name: values[0].strip() for name, values in request.form().items()}
    try:
        with world.store.writing():
            if form.get("decision") == "apply":
                # Enter in another field sends this too, with no code.
                if form.get("promotion_code"):
                    paying.apply_code(world, session, form["promotion_code"])
                    put(world, session)
                return redirect(f"/stripe/checkout/{session['id']}")
            if form.get("card") not in CARDS:
                raise StripeError("Choose a card.")
            details = {one: form.get(one, "") for one in ("tax_id", "email", "name")}
            paying.complete(world, session, card=form["card"], code=form.get("promotion_code", ""), **details)
    except StripeError as error:
        current = get(world, "checkout.session", session["id"])
        return _form(world, current, form, problem=str(error), status=error.status)
    return redirect(session["success_url"].replace(SESSION_MARK, session["id"]))


def _form(
    world: StripeWorld, session: Body, form: Mapping[str, str], *, problem: str = "", status: int = 200
) -> Response:
    """`form` is what was filled in before."""
    price, back = session["_line_items"][0]["price"], session["cancel_url"]
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{value}</td></tr>" for name, value in _sums(world, session))
    is_trial = bool(session["_subscription_data"]["trial_period_days"])
    pay = "Start trial" if is_trial else f"Pay {money(session['amount_total'], session['currency'])} and subscribe"
    card = form.get("card", WORKS)
    content = fill(
        "checkout",
        {"id": session["id"], "price": money(price["unit_amount"], session["currency"])},
        rows=rows,
        fields=_fields(world, session, form),
        cards=card_choices(card if card in CARDS else WORKS),
        pay=button("pay", pay),
        leave=f'<p><a href="{escape(back)}">Back without paying</a></p>' if back else "",
    )
    return page("Subscribe", content, status=status, back=session["success_url"], problem=problem)


def _sums(world: StripeWorld, session: Body) -> list[tuple[str, str]]:
    line, currency = session["_line_items"][0], session["currency"]
    trial, total = session["_subscription_data"]["trial_period_days"], money(session["amount_total"], currency)
    seats = f"{line['quantity']} {'seat' if line['quantity'] == 1 else 'seats'}"
    off = session["total_details"]["amount_discount"]
    return [
        (f"{product_name(world, line['price'])}, {seats}", money(session["amount_subtotal"], currency)),
        *([("Discount", money(-off, currency))] if off else []),
        ("Due today", money(0, currency) if trial else total),
        *([(f"From {day(session['created'] + trial * DAY)}, each month", total)] if trial else []),
    ]


def _fields(world: StripeWorld, session: Body, form: Mapping[str, str]) -> str:
    """What the session asks for, and the customer has not said yet."""
    asked: list[tuple[str, str]] = []
    customer = find(world, "customer", session["customer"])
    if not session["customer_email"] and not (customer and customer["email"]):
        asked.append(("email", "Email for receipts"))
    if session.get("tax_id_collection", {}).get("enabled"):
        asked += [("name", "Company name"), ("tax_id", "Tax ID, if you want it on invoices")]
    fields = [fill("field", {"name": name, "label": label, "value": form.get(name, "")}) for name, label in asked]
    if session["allow_promotion_codes"] and not session["total_details"]["amount_discount"]:
        fields.append(fill("promotion", {"code": form.get("promotion_code", "")}))
    return "".join(fields)
