"""What the hosted pages have in common: their frame, and how amounts, days and cards are written."""

from datetime import UTC, datetime
from html import escape
from pathlib import Path

from integrations.sandbox.paper import fill as fill_in
from integrations.sandbox.paper import html
from integrations.sandbox.stripe.invoicing import DECLINED, FAILS_LATER, WORKS
from integrations.sandbox.stripe.shelf import Body, find
from integrations.sandbox.stripe.world import StripeWorld
from integrations.sandbox.web import Response

PAGES = Path(__file__).parents[1] / "pages"
CARDS = {
    WORKS: "Card that works",
    DECLINED: "Card that is declined",
    FAILS_LATER: "Card that works now and fails at renewal",
}


def fill(template: str, values: dict[str, str], **markup: str) -> str:
    return fill_in(PAGES, template, values, **markup)


def page(title: str, content: str, *, status: int = 200, back: str | None = None, problem: str = "") -> Response:
    """`problem` is said before all else."""
    alert = fill("problem", {"message": problem}) if problem else ""
    return html(fill("frame", {"title": title}, content=alert + content), status, back=back)


def closed(message: str, *, back: str | None = None, status: int = 200) -> Response:
    link = f'<p><a href="{escape(back)}">Go back</a></p>' if back else ""
    return page("Nothing to do here", fill("closed", {"message": message}, link=link), status=status)


def money(minor: int, currency: str) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}${abs(minor) / 100:,.2f}" if currency == "usd" else f"{minor / 100:,.2f} {currency.upper()}"


def day(moment: int) -> str:
    then = datetime.fromtimestamp(moment, UTC)
    return f"{then.day} {then:%B %Y}"


def product_name(world: StripeWorld, price: Body) -> str:
    found = find(world, "product", price["product"])
    return str(found["name"]) if found else str(price["id"])


def card_choices(chosen: str = WORKS) -> str:
    return "".join(
        fill("card", {"value": last4, "label": label, "last4": last4}, state=" checked" if last4 == chosen else "")
        for last4, label in CARDS.items()
    )


def button(decision: str, label: str, *, quiet: bool = False) -> str:
    look = ' class="quiet"' if quiet else ""
    return f'<button{look} name="decision" value="{decision}">{escape(label)}</button>'
