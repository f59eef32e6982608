"""The one table of plans: what each costs, and what a workspace on it may have. Stripe's products and prices are made from it.

Exporting the audit log is in every plan, and is never taken away.
"""

from dataclasses import dataclass

from accounts.models import Plan


@dataclass(frozen=True, slots=True)
class Terms:
    """`unit_minor` is what a seat costs a month, in minor units; `retention_years` is how long the audit log is kept."""

    plan: Plan
    name: str
    unit_minor: int
    currency: str
    lookup_key: str
    most_seats: int
    connections: int
    history_months: int
    retention_years: int


PLANS: dict[Plan, Terms] = {
    Plan.TRIAL: Terms(Plan.TRIAL, "Free trial", 0, "USD", "", 10, 10, 24, 7),
    Plan.TEAM: Terms(Plan.TEAM, "Team", 1200, "USD", "counterfoil_team_monthly", 20, 5, 12, 7),
    Plan.BUSINESS: Terms(Plan.BUSINESS, "Business", 2900, "USD", "counterfoil_business_monthly", 250, 50, 24, 10),
}
PAID: tuple[Terms, ...] = tuple(terms for terms in PLANS.values() if terms.unit_minor)
