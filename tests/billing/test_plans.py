"""The table of plans, and what a workspace begins with."""

from accounts.models import TRIAL, Plan, Workspace
from billing.plans import PAID, PLANS

LIMITS = {"seat_limit": "most_seats", "connection_limit": "connections", "history_months": "history_months"}


def test_what_a_workspace_begins_with_is_the_trial_of_the_table() -> None:
    new, terms = Workspace(), PLANS[Plan.TRIAL]

    assert {name: getattr(new, name) for name in LIMITS} == {name: getattr(terms, of) for name, of in LIMITS.items()}
    assert (new.plan, new.plan_state) == (Plan.TRIAL, "trialing")
    assert TRIAL.days == 30


def test_every_plan_is_in_the_table_and_the_paid_ones_have_a_price() -> None:
    assert set(PLANS) == set(Plan)
    assert [terms.plan for terms in PAID] == [Plan.TEAM, Plan.BUSINESS]
    assert all(terms.unit_minor > 0 and terms.lookup_key for terms in PAID)
