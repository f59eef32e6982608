"""What each plan holds, side by side."""

from dataclasses import dataclass

from accounts.models import Workspace
from billing.plans import PLANS, Terms
from ledger.money import format_minor

INCLUDED = "Included"


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A thing that plans differ in, or do not, and what each holds of it, in the order of the plans."""

    words: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """`current` is the name of the workspace's own plan."""

    names: tuple[str, ...]
    current: str
    currency: str
    rows: tuple[OfferRow, ...]


def list_offers(workspace: Workspace) -> Offers:
    """The table of billing.plans in words, for whoever compares."""
    terms = tuple(PLANS.values())
    current = next(one for one in terms if one.plan == workspace.plan)
    rows = (
        OfferRow("Price of a seat a month", tuple(name_price(one) for one in terms)),
        OfferRow("Seats", tuple(f"up to {one.most_seats}" for one in terms)),
        OfferRow("Banks and books", tuple(f"up to {one.connections}" for one in terms)),
        OfferRow("Bank history", tuple(f"{one.history_months} months" for one in terms)),
        OfferRow("Audit log kept", tuple(f"{one.retention_years} years" for one in terms)),
        OfferRow("Exports, also of the audit log", (INCLUDED,) * len(terms)),
        OfferRow("Two-factor authentication, roles, alerts", (INCLUDED,) * len(terms)),
    )
    return Offers(tuple(one.name for one in terms), current.name, terms[-1].currency, rows)


def name_price(terms: Terms) -> str:
    """What a seat costs a month, without the currency."""
    return format_minor(terms.unit_minor, terms.currency) if terms.unit_minor else "Free"
