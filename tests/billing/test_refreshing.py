"""Looks at Stripe: which one counts, what is made of it, and what the nightly comparison finds. R66, R86."""

import logging
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from accounts.access import workspace_scope
from accounts.actions.plans import set_plan
from accounts.models import Plan, PlanState
from audit.log import open_detail
from audit.models import Event
from billing import paying
from billing import stripe_shapes as shapes
from billing.actions.refreshes import begin_look, write_seen
from billing.gateway import open_gateway
from billing.models import Customer, Invoice, Subscription
from billing.queues import FIND_CUSTOMERS, RECONCILE, REFRESH
from billing.refreshing import refresh
from billing.seen import make_out
from tests.billing.support import (
    customer_of,
    everything_known,
    go_to_checkout,
    now_of,
    pay,
    subscribe,
    subscription_of,
)
from tests.integrations.linked import TaskQueue
from tests.integrations.sandbox.stripe.support import StripeSandbox
from tests.support.people import SETUP, Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


def test_what_was_seen_earlier_never_replaces_what_was_seen_later(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=3)
    with workspace_scope(alice.workspace.pk):
        slow = begin_look()
    assert slow is not None
    with open_gateway() as gateway:
        stale = make_out(gateway.list_subscriptions(slow.customer_id), gateway.list_invoices(slow.customer_id), {})
    # Meanwhile somebody adds seats, and another worker looks and is done first.
    subscription = till.subscription(subscription_of(alice))
    item = subscription["items"].data[0].id
    till.change(subscription, items=[{"id": item, "quantity": 9}], proration_behavior="always_invoice")
    refresh(alice.workspace.pk, actor=SETUP)
    later = everything_known(alice)
    assert now_of(alice).seat_limit == 9

    with workspace_scope(alice.workspace.pk):
        assert not write_seen(actor=SETUP, look=slow, seen=stale)
    assert everything_known(alice) == later
    with workspace_scope(alice.workspace.pk):
        customer = Customer.objects.get()
        assert (customer.refreshed_number, customer.asked_number) == (slow.number + 1, slow.number + 1)


def test_a_look_that_finds_nothing_new_writes_nothing_new(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till)
    known = everything_known(alice)
    with workspace_scope(alice.workspace.pk):
        before = Event.objects.count()
    for _ in range(2):
        refresh(alice.workspace.pk, actor=SETUP, compare=True)
    assert everything_known(alice) == known
    with workspace_scope(alice.workspace.pk):
        assert Event.objects.count() == before
        assert Customer.objects.get().differences == ""


def test_the_time_that_is_left_does_not_begin_anew_with_each_look(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till)
    till.control("subscriptions", subscription=subscription_of(alice), status="past_due")
    # No invoice is open, so nothing says since when something is owed.
    refresh(alice.workspace.pk, actor=SETUP)
    end = now_of(alice).plan_ends_at
    assert end is not None
    refresh(alice.workspace.pk, actor=SETUP)
    assert now_of(alice).plan_ends_at == end


def differences(persona: Persona) -> str:
    with workspace_scope(persona.workspace.pk):
        return Customer.objects.get().differences


def told(persona: Persona) -> list[object]:
    with workspace_scope(persona.workspace.pk):
        events = Event.objects.filter(action="billing.reconciliation.differed").order_by("occurred_at")
        return [open_detail(event)["fields"] for event in events]


def test_the_nightly_comparison_finds_mends_and_tells_what_changed_behind_our_back(
    alice: Persona, till: StripeSandbox, queue: TaskQueue
) -> None:
    subscribe(alice, till, seats=3)
    queue.discard()
    subscription = till.subscription(subscription_of(alice))
    item = subscription["items"].data[0].id
    till.change(subscription, items=[{"id": item, "quantity": 8}], proration_behavior="always_invoice")
    till.change(subscription, cancel_at_period_end=True)
    with workspace_scope(alice.workspace.pk):
        set_plan(
            actor=SETUP,
            workspace_id=alice.workspace.pk,
            plan=Plan.BUSINESS,
            state=PlanState.ACTIVE,
            ends_at=None,
            seat_limit=250,
            connection_limit=50,
            history_months=24,
        )

    queue.run(FIND_CUSTOMERS)
    asked = [(name, ids) for name, ids in queue.discard() if ids == [str(alice.workspace.pk)]]
    assert asked == [(RECONCILE, [str(alice.workspace.pk)])]
    queue.run(RECONCILE, str(alice.workspace.pk))

    assert differences(alice) == "seats, cancel_at, invoices, limits"
    assert told(alice) == ["seats, cancel_at, invoices, limits"]
    workspace = now_of(alice)
    assert (workspace.plan, workspace.seat_limit) == ("team", 8)
    assert workspace.plan_ends_at is not None
    # The next night all agrees; that it once did not is still to be seen.
    queue.run(RECONCILE, str(alice.workspace.pk))
    assert differences(alice) == ""
    with workspace_scope(alice.workspace.pk):
        customer = Customer.objects.get()
        assert customer.differed_at is not None
        assert customer.reconciled_at is not None
        assert customer.reconciled_at > customer.differed_at


def test_rows_that_somebody_has_tampered_with_are_set_right(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till)
    known = everything_known(alice)
    with workspace_scope(alice.workspace.pk):
        Subscription.objects.update(plan="business", seats=200)
        Invoice.objects.update(status="open")
    refresh(alice.workspace.pk, actor=SETUP, compare=True)
    assert everything_known(alice) == known
    assert differences(alice) == "plan, seats, invoices"


def test_two_subscriptions_at_once_are_told_and_the_newer_counts(alice: Persona, till: StripeSandbox) -> None:
    subscribe(alice, till, seats=2)
    till.clock.ahead += 10
    with open_gateway() as gateway:
        price = gateway.find_price("counterfoil_business_monthly").id
    till.subscribe(customer=customer_of(alice), line_items=[{"price": price, "quantity": 4}])
    refresh(alice.workspace.pk, actor=SETUP, compare=True)
    assert (now_of(alice).plan, now_of(alice).seat_limit) == ("business", 4)
    assert "several subscriptions" in differences(alice)


def test_a_price_of_somebody_elses_buys_no_plan(alice: Persona, till: StripeSandbox) -> None:
    go_to_checkout(alice)
    price = till.add_price("another_product_monthly", 1).id
    till.subscribe(customer=customer_of(alice), line_items=[{"price": price, "quantity": 250}])
    refresh(alice.workspace.pk, actor=SETUP, compare=True)
    assert now_of(alice).plan == "trial"
    assert differences(alice).endswith("price")


def test_a_look_that_stripe_does_not_answer_is_left_to_the_next(
    alice: Persona, till: StripeSandbox, queue: TaskQueue
) -> None:
    pay(alice, till)
    till.switch("rate_limited", "/v1/subscriptions", times=0)
    for name in (REFRESH, RECONCILE):
        queue.run(name, str(alice.workspace.pk))
    assert now_of(alice).plan == "trial"
    till.clear_switches()
    queue.run(REFRESH, str(alice.workspace.pk))
    assert now_of(alice).plan == "team"


def test_a_visit_to_checkout_that_nobody_finished_is_over_after_a_day(alice: Persona, till: StripeSandbox) -> None:
    session = go_to_checkout(alice)
    till.stripe.v1.checkout.sessions.expire(session)
    refresh(alice.workspace.pk, actor=SETUP)
    assert everything_known(alice)["visits"] == ["expired"]


def subscription(**more: Any) -> dict[str, Any]:
    item = {
        "id": "si_1",
        "quantity": 3,
        "current_period_end": 2_000_000_000,
        "price": {
            "id": "price_1",
            "currency": "usd",
            "unit_amount": 1200,
            "lookup_key": None,
            "metadata": {"counterfoil_plan": "team"},
        },
    }
    whole = {"id": "sub_1", "object": "subscription", "status": "active", "created": 1_900_000_000}
    return whole | {"items": {"object": "list", "data": [item]}, "customer": "cus_1"} | more


def seen_of(*bodies: dict[str, Any], invoices: tuple[dict[str, Any], ...] = ()) -> Any:
    subscriptions = msgspec.convert(list(bodies), list[shapes.Subscription])
    return make_out(subscriptions, msgspec.convert(list(invoices), list[shapes.Invoice]), {})


def bill(**more: Any) -> dict[str, Any]:
    parent = {"subscription_details": {"subscription": "sub_1"}}
    whole = {"id": "in_1", "object": "invoice", "created": 1_950_000_000, "status": "open", "currency": "usd"}
    return whole | {"total": 3600, "amount_due": 3600, "number": "A-1", "parent": parent} | more


def test_the_places_of_today_and_of_before_are_both_read() -> None:
    end, since = datetime.fromtimestamp(2_000_000_000, UTC), datetime.fromtimestamp(1_950_000_000, UTC)
    body, before = subscription(status="past_due"), subscription(status="past_due")
    before["current_period_end"] = before["items"]["data"][0].pop("current_period_end")
    former = bill(subscription="sub_1")
    del former["parent"]
    whole = bill(parent={"subscription_details": {"subscription": {"id": "sub_1"}}})
    for one, invoice in ((body, bill()), (before, former), (body, whole)):
        seen = seen_of(one, invoices=(invoice,)).subscription
        assert (seen.period_end, seen.past_due_since) == (end, since)


@pytest.mark.parametrize("status", PlanState.values)
def test_each_status_is_taken_over(status: str) -> None:
    assert seen_of(subscription(status=status)).subscription.status == status


@pytest.mark.parametrize("status", ["incomplete", "incomplete_expired", "invented_tomorrow"])
def test_what_was_never_paid_for_and_what_nobody_knows_buys_nothing(status: str) -> None:
    assert seen_of(subscription(status=status)).subscription is None


def test_a_live_subscription_counts_before_one_that_is_over_however_new_that_is() -> None:
    over = subscription(id="sub_2", status="canceled", created=1_990_000_000, ended_at=1_990_000_500)
    seen = seen_of(over, subscription())
    assert seen.subscription.facts.subscription_id == "sub_1"
    assert not seen.several
    assert seen_of(over).subscription.ended_at == datetime.fromtimestamp(1_990_000_500, UTC)


def test_a_cancellation_is_known_by_its_moment_or_by_the_end_of_the_period() -> None:
    assert seen_of(subscription(cancel_at=1_960_000_000)).subscription.cancel_at.timestamp() == 1_960_000_000
    assert seen_of(subscription(cancel_at_period_end=True)).subscription.cancel_at.timestamp() == 2_000_000_000
    assert seen_of(subscription()).subscription.cancel_at is None


def test_an_invoice_that_is_still_a_draft_is_not_listed() -> None:
    seen = seen_of(subscription(), invoices=(bill(status="draft"), bill(id="in_2", status="paid")))
    assert [one.facts.invoice_id for one in seen.invoices] == ["in_2"]


def test_no_id_no_key_and_no_body_is_logged_or_told_in_an_error(
    alice: Persona, till: StripeSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    subscribe(alice, till)
    paying.cancel_at_period_end(actor=alice.actor, workspace_id=alice.workspace.pk)
    with open_gateway() as gateway, pytest.raises(paying.StripeProblem) as missing:
        gateway.see_checkout("cs_test_ofNobodyAtAll000000")
    assert missing.value.__context__ is None
    assert missing.value.__cause__ is None
    written = caplog.text + repr(missing.value)
    assert "/v1/subscriptions/{id}" in written
    for secret in (customer_of(alice), subscription_of(alice), "sk_test", "whsec", "cs_test", "1200"):
        assert secret not in written, secret
