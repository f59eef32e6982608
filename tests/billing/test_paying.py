"""From the page for paying to a plan and its changes: what people do, and what Stripe is asked for. R64, R66, R86."""

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import invite
from accounts.models import Plan
from accounts.permissions import Role
from audit.models import Event
from billing import catalogue, paying, plans
from billing.actions.checkouts import OPENING, begin_checkout
from billing.models import Checkout
from billing.paying import NotPossible, StripeAway, StripeRefused
from billing.refreshing import refresh
from config.env import Stripe
from tests.billing.openapi import check_request
from tests.billing.support import (
    BACK,
    CANCEL,
    customer_of,
    everything_known,
    go_to_checkout,
    now_of,
    opened,
    pay,
    subscribe,
    subscription_of,
    visits,
)
from tests.integrations.sandbox.stripe.support import KEY, WEBHOOK_SECRET, StripeSandbox
from tests.support.people import SETUP, Persona

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db(transaction=True)


def change(persona: Persona, plan: Plan, seats: int, *, proration_at: int | None = None) -> None:
    """As a person confirms what the preview has shown."""
    shown = paying.preview_change(workspace_id=persona.workspace.pk, plan=plan, seats=seats)
    paying.change_subscription(
        actor=persona.actor,
        workspace_id=persona.workspace.pk,
        plan=plan,
        seats=seats,
        proration_at=shown.proration_at if proration_at is None else proration_at,
    )


def actions_of(persona: Persona) -> list[str]:
    with workspace_scope(persona.workspace.pk):
        found = Event.objects.filter(action__startswith="billing.").order_by("occurred_at")
        return list(found.values_list("action", flat=True))


def test_who_pays_has_the_plan(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=4)

    workspace = now_of(alice)
    assert (workspace.plan, workspace.plan_state, workspace.plan_ends_at) == ("team", "active", None)
    assert (workspace.seat_limit, workspace.connection_limit, workspace.history_months) == (4, 5, 12)
    with opened(alice) as subscription:
        assert (subscription.plan, subscription.status, subscription.seats) == ("team", "active", 4)
        assert subscription.facts.unit_minor == 1200
    assert visits(alice) == ["complete"]
    assert actions_of(alice) == [
        "billing.checkout.requested",
        "billing.customer.created",
        "billing.subscription.created",
        "billing.invoices.noted",
        "billing.checkout.ended",
    ]


def test_who_has_not_paid_has_what_they_had(alice: Persona, till: StripeSandbox) -> None:
    before = everything_known(alice)
    go_to_checkout(alice, plan=Plan.BUSINESS, seats=250)
    refresh(alice.workspace.pk, actor=SETUP)
    assert everything_known(alice) == before | {"visits": ["open"]}


def test_a_workspace_is_one_customer_however_often_somebody_goes_to_pay(alice: Persona, till: StripeSandbox) -> None:
    first = go_to_checkout(alice)
    customer = customer_of(alice)
    second = go_to_checkout(alice, plan=Plan.BUSINESS, seats=2)
    assert customer_of(alice) == customer
    # So that nobody pays twice, the visit before is over.
    states = [till.stripe.v1.checkout.sessions.retrieve(one).status for one in (first, second)]
    assert states == ["expired", "open"]
    assert visits(alice) == ["expired", "open"]


def test_two_who_go_at_once_do_not_stand_on_two_pages(alice: Persona, till: StripeSandbox) -> None:
    with workspace_scope(alice.workspace.pk):
        # Somebody whose page Stripe is just opening, and whose worker then dies.
        begin_checkout(actor=alice.actor, plan=Plan.TEAM, seats=3)
    with pytest.raises(NotPossible, match="on the way"):
        go_to_checkout(alice)
    assert visits(alice) == ["open"]

    with workspace_scope(alice.workspace.pk):
        Checkout.objects.update(created_at=timezone.now() - 2 * OPENING)
    go_to_checkout(alice)
    assert visits(alice) == ["expired", "open"]


def test_who_pays_already_is_not_sold_another_plan_also_where_we_have_not_heard_of_it(
    alice: Persona, till: StripeSandbox
) -> None:
    pay(alice, till)
    with pytest.raises(NotPossible, match="has a plan already"):
        go_to_checkout(alice)
    assert len(till.stripe.v1.subscriptions.list({"customer": customer_of(alice)}).data) == 1
    assert now_of(alice).plan == "team"


@pytest.mark.parametrize(("plan", "seats"), [(Plan.TEAM, 0), (Plan.TEAM, 21), (Plan.BUSINESS, 251), (Plan.TRIAL, 3)])
def test_what_no_plan_holds_cannot_be_bought(plan: Plan, seats: int, alice: Persona, till: StripeSandbox) -> None:
    with pytest.raises(NotPossible):
        go_to_checkout(alice, plan=plan, seats=seats)
    assert visits(alice) == []


def test_seats_are_never_fewer_than_people(alice: Persona, till: StripeSandbox) -> None:
    with workspace_scope(alice.workspace.pk):
        invite(actor=alice.actor, email=f"{uuid4().hex}@example.test", role=Role.STAFF)
    with pytest.raises(NotPossible, match="2 seats are taken"):
        go_to_checkout(alice, seats=1)
    subscribe(alice, till, seats=2)
    with pytest.raises(NotPossible, match="2 seats are taken"):
        paying.preview_change(workspace_id=alice.workspace.pk, plan=Plan.TEAM, seats=1)


def test_a_seat_costs_what_the_preview_said(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=3)
    till.go_on(customer_of(alice), days=15)
    shown = paying.preview_change(workspace_id=alice.workspace.pk, plan=Plan.TEAM, seats=5)
    assert 0 < shown.due_now_minor < 2 * 1200
    assert (shown.next_minor, shown.currency, shown.credit_minor) == (5 * 1200, "USD", 0)
    assert sum(line.minor for line in shown.lines) == shown.due_now_minor
    with opened(alice) as subscription:
        assert subscription.period_end is not None
        assert shown.next_on == subscription.period_end.date()

    # A minute later it still costs that.
    till.clock.ahead += 60
    change(alice, Plan.TEAM, 5, proration_at=shown.proration_at)

    assert now_of(alice).seat_limit == 5
    newest = till.invoices(customer_of(alice))[-1]
    assert (newest.amount_paid, newest.status) == (shown.due_now_minor, "paid")


def test_the_same_confirmation_twice_is_charged_once(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=3)
    shown = paying.preview_change(workspace_id=alice.workspace.pk, plan=Plan.TEAM, seats=5)
    change(alice, Plan.TEAM, 5, proration_at=shown.proration_at)
    with pytest.raises(NotPossible, match="the plan you have"):
        change(alice, Plan.TEAM, 5, proration_at=shown.proration_at)
    assert len(till.invoices(customer_of(alice))) == 2


def test_fewer_seats_are_credited(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=5)
    shown = paying.preview_change(workspace_id=alice.workspace.pk, plan=Plan.TEAM, seats=2)
    assert shown.due_now_minor == 0
    assert shown.credit_minor > 0
    change(alice, Plan.TEAM, 2)
    assert now_of(alice).seat_limit == 2


def test_another_plan_has_its_own_price_and_limits(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=3)
    change(alice, Plan.BUSINESS, 30)
    workspace = now_of(alice)
    limits = (workspace.plan, workspace.seat_limit, workspace.connection_limit, workspace.history_months)
    assert limits == ("business", 30, 50, 24)
    with opened(alice) as subscription:
        assert subscription.facts.unit_minor == 2900


# A moment at the end of the period would make the rest of it all but free.
@pytest.mark.parametrize("seconds", [20 * 24 * 3600, 600, -2 * 3600])
def test_nobody_chooses_the_moment_that_a_change_is_reckoned_for(
    seconds: int, alice: Persona, till: StripeSandbox
) -> None:
    subscribe(alice, till, seats=3)
    till.go_on(customer_of(alice), days=2)
    shown = paying.preview_change(workspace_id=alice.workspace.pk, plan=Plan.TEAM, seats=20)
    with pytest.raises(NotPossible, match="out of date"):
        change(alice, Plan.TEAM, 20, proration_at=shown.proration_at + seconds)
    assert till.subscription(subscription_of(alice))["items"].data[0].quantity == 3


def test_a_plan_that_is_cancelled_goes_on_until_what_is_paid_for_ends(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till)
    for _ in range(2):
        # And again within the day: an idempotency key that stays the same would do nothing the second time.
        paying.cancel_at_period_end(actor=alice.actor, workspace_id=alice.workspace.pk)
        with opened(alice) as subscription:
            end = subscription.cancel_at
            assert end == subscription.period_end is not None
        assert (now_of(alice).plan_state, now_of(alice).plan_ends_at) == ("active", end)
        paying.resume(actor=alice.actor, workspace_id=alice.workspace.pk)
        with opened(alice) as subscription:
            assert subscription.cancel_at is None
        assert now_of(alice).plan_ends_at is None
    assert till.subscription(subscription_of(alice)).cancel_at_period_end is False


def test_who_has_cancelled_may_subscribe_anew(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till)
    paying.cancel_at_period_end(actor=alice.actor, workspace_id=alice.workspace.pk)
    customer = customer_of(alice)
    till.go_on(customer, months=1, days=1)
    refresh(alice.workspace.pk, actor=SETUP)
    workspace = now_of(alice)
    assert workspace.plan_state == "canceled"
    assert workspace.plan_ends_at is not None
    refresh(alice.workspace.pk, actor=SETUP)
    assert now_of(alice).plan_ends_at == workspace.plan_ends_at
    with pytest.raises(NotPossible, match="no plan to change"):
        paying.resume(actor=alice.actor, workspace_id=alice.workspace.pk)

    subscribe(alice, till, plan=Plan.BUSINESS, seats=7)

    workspace = now_of(alice)
    assert (workspace.plan, workspace.plan_state, workspace.plan_ends_at) == ("business", "active", None)
    assert customer_of(alice) == customer


def test_a_card_that_fails_leaves_two_weeks(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, card="fails_at_renewal")
    customer = customer_of(alice)
    till.go_on(customer, months=1, days=1)
    refresh(alice.workspace.pk, actor=SETUP)
    failed = till.invoices(customer)[-1]
    workspace = now_of(alice)
    assert workspace.plan_state == "past_due"
    assert workspace.plan_ends_at is not None
    assert workspace.plan_ends_at.timestamp() == failed.created + 14 * 24 * 3600
    with pytest.raises(NotPossible, match="payment is open"):
        paying.preview_change(workspace_id=alice.workspace.pk, plan=Plan.TEAM, seats=5)

    till.control("cards", customer=customer, card="works")
    till.stripe.v1.invoices.pay(failed.id or "")
    refresh(alice.workspace.pk, actor=SETUP)
    assert (now_of(alice).plan_state, now_of(alice).plan_ends_at) == ("active", None)


@pytest.mark.parametrize("status", ["unpaid", "paused"])
def test_what_is_not_paid_or_paused_is_so_here_too(status: str, alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till)
    till.control("subscriptions", subscription=subscription_of(alice), status=status)
    refresh(alice.workspace.pk, actor=SETUP)
    assert now_of(alice).plan_state == status


def test_the_portal_is_stripes_and_only_for_who_has_paid(alice: Persona, till: StripeSandbox) -> None:
    with pytest.raises(NotPossible, match="Nothing was paid"):
        paying.open_portal(actor=alice.actor, workspace_id=alice.workspace.pk, return_url=CANCEL)
    subscribe(alice, till)
    address = paying.open_portal(actor=alice.actor, workspace_id=alice.workspace.pk, return_url=CANCEL)
    assert address.startswith(f"{till.url}/stripe/portal/")


def test_nobody_is_sent_to_a_page_that_is_not_stripes(
    alice: Persona, till: StripeSandbox, settings: "Settings"
) -> None:
    settings.STRIPE = Stripe(till.url, ("https://checkout.stripe.com",), KEY, (WEBHOOK_SECRET,))
    with pytest.raises(StripeRefused) as refused:
        go_to_checkout(alice)
    assert refused.value.code == "strange_page"
    assert visits(alice) == ["expired"]


def test_where_paying_is_not_set_up_the_page_says_so(alice: Persona, settings: "Settings") -> None:
    settings.STRIPE = None
    with pytest.raises(NotPossible, match="not set up"):
        paying.start_checkout(
            actor=alice.actor,
            workspace_id=alice.workspace.pk,
            plan=Plan.TEAM,
            seats=3,
            return_url=BACK,
            cancel_url=CANCEL,
        )
    assert refresh(alice.workspace.pk, actor=SETUP)


@pytest.mark.parametrize("kind", ["rate_limited", "html", "oversized"])
def test_what_stripe_does_not_answer_changes_nothing_and_can_be_asked_again(
    kind: str, alice: Persona, till: StripeSandbox
) -> None:
    till.switch(kind, "/v1/checkout/sessions", times=3)
    with pytest.raises(StripeAway, match="try again"):
        go_to_checkout(alice)
    assert visits(alice) == ["expired"]
    till.clear_switches()
    subscribe(alice, till)
    assert now_of(alice).plan == "team"


def test_an_answer_that_is_lost_on_the_way_is_asked_for_again_and_nothing_is_done_twice(
    alice: Persona, till: StripeSandbox
) -> None:
    till.switch("cut", "/v1/checkout/sessions")
    till.switch("lock_timeout", "/v1/customers")
    pay(alice, till)
    assert till.served() == 2
    listed = till.stripe.v1.checkout.sessions.list({"customer": customer_of(alice)}).data
    assert len(listed) == 1


def test_a_price_that_has_changed_is_new_to_new_ones_alone(
    alice: Persona, mallory: Persona, till: StripeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert catalogue.sync_plans() == ["Team: as it should be", "Business: as it should be"]
    subscribe(alice, till, seats=2)
    dearer = tuple(replace(terms, unit_minor=terms.unit_minor + 100) for terms in plans.PAID)
    monkeypatch.setattr(catalogue, "PAID", dearer)
    assert all("a new price" in line for line in catalogue.sync_plans())
    assert catalogue.sync_plans() == ["Team: as it should be", "Business: as it should be"]

    change(alice, Plan.TEAM, 4)
    subscribe(mallory, till, seats=2)

    with opened(alice) as subscription:
        assert (subscription.facts.unit_minor, subscription.plan, subscription.seats) == (1200, "team", 4)
    with opened(mallory) as subscription:
        assert subscription.facts.unit_minor == 1300


def test_no_call_is_made_within_a_transaction(
    alice: Persona, till: StripeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    within: list[bool] = []
    monkeypatch.setattr("billing.gateway._note", lambda call: within.append(connection.in_atomic_block))
    subscribe(alice, till)
    change(alice, Plan.TEAM, 5)
    paying.cancel_at_period_end(actor=alice.actor, workspace_id=alice.workspace.pk)
    paying.resume(actor=alice.actor, workspace_id=alice.workspace.pk)
    paying.open_portal(actor=alice.actor, workspace_id=alice.workspace.pk, return_url=CANCEL)
    refresh(alice.workspace.pk, actor=SETUP, compare=True)
    assert len(within) > 20
    assert not any(within)


# What the product sends is what Stripe publishes that it takes.
def test_every_request_fits_stripes_own_description(alice: Persona, till: StripeSandbox) -> None:
    go_to_checkout(alice)
    subscribe(alice, till)
    change(alice, Plan.TEAM, 5)
    change(alice, Plan.BUSINESS, 5)
    paying.cancel_at_period_end(actor=alice.actor, workspace_id=alice.workspace.pk)
    paying.resume(actor=alice.actor, workspace_id=alice.workspace.pk)
    paying.open_portal(actor=alice.actor, workspace_id=alice.workspace.pk, return_url=CANCEL)
    refresh(alice.workspace.pk, actor=SETUP, compare=True)
    sent = till.seen("requests")
    for one in sent:
        form = one["body"] if one["method"] == "POST" else one["query"]
        assert check_request(one["method"], one["path"], form) == [], one["path"]
        assert one["version"] == "2026-10-28.endive"
    changing = [one for one in sent if one["method"] == "POST" and not one["path"].endswith("create_preview")]
    assert len({one["idempotency_key"] for one in changing}) == len(changing) > 10
