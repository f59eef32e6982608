"""The customer portal. Form field: `decision` (card, pay, cancel or resume), with `card` (last digits)."""

from html import escape

from integrations.sandbox.paper import redirect
from integrations.sandbox.stripe import customers, subscriptions
from integrations.sandbox.stripe.clock import moment
from integrations.sandbox.stripe.errors import StripeError, declined
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
from integrations.sandbox.stripe.invoicing import DECLINED, card_of, collect, open_invoices
from integrations.sandbox.stripe.shelf import Body, everything
from integrations.sandbox.stripe.world import StripeWorld
from integrations.sandbox.web import Request, Response

STATES = {
    "trialing": "Free trial",
    "active": "Active",
    "past_due": "Payment overdue",
    "unpaid": "Unpaid",
    "paused": "Paused",
    "incomplete": "Not paid yet",
}


def show(world: StripeWorld, request: Request, session: Body) -> Response:
    if world.now() > session["_until"]:
        return closed("This page has expired.", back=session["return_url"])
    return _page(world, session)


def submit(world: StripeWorld, request: Request, session: Body) -> Response:
    if world.now() > session["_until"]:
        return closed("This page has expired.", back=session["return_url"])
    form = {name: values[0] for name, values in request.form().items()}
    try:
        with world.store.writing():
            is_done = _do(world, session["customer"], form)
    except StripeError as error:
        return _page(world, session, problem=str(error), status=error.status)
    if not is_done:
        return _page(world, session, problem=str(declined()), status=declined().status)
    return redirect(f"/stripe/portal/{session['id']}")


def _do(world: StripeWorld, customer: str, form: dict[str, str]) -> bool:
    """False where a card was declined; the attempt counts."""
    now, current = moment(world, customer), _current(world, customer)
    decision = form.get("decision")
    if decision == "card" and form.get("card") in CARDS:
        if form["card"] == DECLINED:
            raise declined()
        customers.set_card(world, customer, form["card"], now)
    elif decision == "pay" and current:
        return all(collect(world, one, now) for one in open_invoices(world, current))
    elif decision in {"cancel", "resume"} and current:
        subscriptions.set_cancel(world, current, decision == "cancel", now)
    else:
        raise StripeError("There is nothing to do that with.")
    return True


def _current(world: StripeWorld, customer: str) -> Body | None:
    of_customer = everything(world, "subscription", customer)
    return next((one for one in of_customer if one["status"] not in subscriptions.ALL_OVER), None)


def _page(world: StripeWorld, session: Body, *, problem: str = "", status: int = 200) -> Response:
    customer = session["customer"]
    current, card = _current(world, customer), card_of(world, customer)
    back = (
        f'<p><a href="{escape(session["return_url"])}">Return to Counterfoil</a></p>' if session["return_url"] else ""
    )
    digits = card["card"]["last4"] if card else ""
    content = fill(
        "portal",
        {"id": session["id"], "customer": customer, "card": f"Visa ····{digits}" if card else "No card yet"},
        plan=_plan(world, current) if current else "<p>No subscription.</p>",
        cards=card_choices(digits or next(iter(CARDS))),
        invoices="".join(_row(one) for one in everything(world, "invoice", customer)),
        back=back,
    )
    return page("Billing", content, status=status, back=session["return_url"], problem=problem)


def _plan(world: StripeWorld, body: Body) -> str:
    item = body["items"]["data"][0]
    end = day(body["cancel_at"] or item["current_period_end"])
    owed = bool(open_invoices(world, body))
    words: dict[str, str] = {
        "plan": product_name(world, item["price"]),
        "seats": str(item["quantity"]),
        "state": STATES.get(str(body["status"]), str(body["status"])),
        "next": f"Ends on {end}" if body["cancel_at"] else f"Renews on {end}",
    }
    change = button("resume", "Keep the plan") if body["cancel_at"] else button("cancel", "Cancel plan", quiet=True)
    return fill("plan", words, buttons=(button("pay", "Pay what is open") if owed else "") + change)


def _row(invoice: Body) -> str:
    words = {
        "id": str(invoice["id"]),
        "number": str(invoice["number"] or "Draft"),
        "day": day(invoice["created"]),
        "state": str(invoice["status"]),
        "total": money(invoice["total"], invoice["currency"]),
    }
    return fill("row", words)
