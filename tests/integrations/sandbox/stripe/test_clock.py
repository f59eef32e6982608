"""What time brings, on a customer's own clock."""

from calendar import monthrange
from datetime import UTC, datetime

import pytest
import stripe

from tests.integrations.sandbox.stripe.support import DAY, StripeSandbox, item_of


def test_a_month_later_it_is_renewed_and_charged(pay: StripeSandbox) -> None:
    before = pay.subscribe(seats=3)
    pay.go_on(before.customer, months=2, days=1)
    after = pay.subscription(before.id)
    assert after.status == "active"
    assert item_of(after).current_period_start == item_of(before).current_period_end + _month(before, 1)
    paid = [(one.billing_reason, one.status, one.total) for one in pay.invoices(before.customer)]
    assert paid == [("subscription_create", "paid", 3600)] + [("subscription_cycle", "paid", 3600)] * 2


def _month(subscription: stripe.Subscription, number: int) -> int:
    """Seconds of the period after the first."""
    start = datetime.fromtimestamp(item_of(subscription).current_period_end, UTC)
    anchor = datetime.fromtimestamp(item_of(subscription).current_period_start, UTC).day
    year, month = start.year + start.month // 12, start.month % 12 + 1
    end = start.replace(year=year, month=month, day=min(anchor, monthrange(year, month)[1]))
    return int((end - start).total_seconds())


def test_a_renewal_on_the_31st_comes_on_the_last_of_a_month_and_back_to_the_31st(pay: StripeSandbox) -> None:
    clock = pay.stripe.v1.test_helpers.test_clocks.create({"frozen_time": _at(2027, 1, 31)})
    subscription = pay.subscribe(customer=pay.add_customer(test_clock=clock.id))
    ends = []
    for month in range(1, 4):
        ends.append(item_of(pay.subscription(subscription.id)).current_period_end)
        pay.stripe.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": _at(2027, month + 1, 28) + 4 * DAY})
    assert ends == [_at(2027, 2, 28), _at(2027, 3, 31), _at(2027, 4, 30)]
    assert pay.stripe.v1.test_helpers.test_clocks.retrieve(clock.id).status == "ready"


def _at(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, 12, tzinfo=UTC).timestamp())


def test_a_card_that_fails_at_renewal_is_tried_three_times_again_and_then_it_is_unpaid(pay: StripeSandbox) -> None:
    subscription = pay.subscribe(card="fails_at_renewal")
    assert subscription.status == "active"
    customer = subscription.customer
    pay.go_on(customer, months=1)
    assert pay.subscription(subscription.id).status == "past_due"
    attempts = []
    for days in (0, 3, 5, 7):
        pay.go_on(customer, days=days)
        attempts.append(pay.invoices(customer)[-1].attempt_count)
    assert attempts == [1, 2, 3, 4]
    after = pay.subscription(subscription.id)
    last = pay.invoices(customer)[-1]
    assert (after.status, last.status, last.next_payment_attempt) == ("unpaid", "open", None)
    assert pay.types().count("invoice.payment_failed") == 4


@pytest.mark.parametrize("outcome", ["canceled", "past_due"])
def test_what_becomes_of_it_in_the_end_can_be_chosen(outcome: str, pay: StripeSandbox) -> None:
    pay.control("choices", after_retries=outcome)
    subscription = pay.subscribe(card="fails_at_renewal")
    for days in (31, 16):
        pay.go_on(subscription.customer, days=days)
    assert pay.subscription(subscription.id).status == outcome
    assert ("customer.subscription.deleted" in pay.types()) == (outcome == "canceled")


def test_a_new_card_pays_what_is_open_and_it_is_active_again(pay: StripeSandbox) -> None:
    subscription = pay.subscribe(card="fails_at_renewal")
    pay.go_on(subscription.customer, months=1)
    with pytest.raises(stripe.CardError) as caught:
        pay.stripe.v1.invoices.pay(pay.invoices(subscription.customer)[-1].id)
    assert (caught.value.http_status, caught.value.code) == (402, "card_declined")
    assert pay.invoices(subscription.customer)[-1].attempt_count == 2
    pay.control("cards", customer=subscription.customer, card="works")
    paid = pay.stripe.v1.invoices.pay(pay.invoices(subscription.customer)[-1].id)
    assert paid.status == "paid"
    assert pay.subscription(subscription.id).status == "active"
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        pay.stripe.v1.invoices.pay(paid.id)


def test_a_trial_warns_and_is_charged_at_its_end(pay: StripeSandbox) -> None:
    subscription = pay.subscribe(subscription_data={"trial_period_days": 14})
    assert (subscription.status, pay.invoices(subscription.customer)[0].total) == ("trialing", 0)
    pay.go_on(subscription.customer, days=12)
    assert pay.types()[-1] == "customer.subscription.trial_will_end"
    pay.go_on(subscription.customer, days=3)
    assert pay.subscription(subscription.id).status == "active"
    assert [one.total for one in pay.invoices(subscription.customer)] == [0, 3600]


def test_a_canceled_period_is_kept_to_its_end_and_can_be_taken_back(pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    canceled = pay.change(subscription, cancel_at_period_end=True)
    assert (canceled.status, canceled.cancel_at) == ("active", item_of(subscription).current_period_end)
    kept = pay.change(subscription, cancel_at_period_end=False)
    assert (kept.cancel_at, kept.canceled_at) == (None, None)
    pay.change(subscription, cancel_at_period_end=True)
    pay.go_on(subscription.customer, months=1, days=1)
    after = pay.subscription(subscription.id)
    assert (after.status, after.ended_at) == ("canceled", canceled.cancel_at)
    assert pay.types()[-1] == "customer.subscription.deleted"
    assert len(pay.invoices(subscription.customer)) == 1
    with pytest.raises(stripe.InvalidRequestError, match="A canceled subscription can only"):
        pay.change(subscription, cancel_at_period_end=False)


def test_a_checkout_is_over_after_a_day(pay: StripeSandbox) -> None:
    session = pay.start_checkout()
    pay.go_on(session.customer, days=1.01)
    expired = pay.stripe.v1.checkout.sessions.retrieve(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    answer = pay.post("/control/stripe/checkouts", session=session.id)
    assert answer.status_code == 400
    assert pay.types()[-1] == "checkout.session.expired"


def test_clocks_are_their_own_and_go_on_alone(pay: StripeSandbox) -> None:
    one, other = pay.subscribe(), pay.subscribe()
    pay.go_on(one.customer, months=1)
    assert (len(pay.invoices(one.customer)), len(pay.invoices(other.customer))) == (2, 1)
    assert pay.post("/control/stripe/clock", customer=one.customer, to=1).status_code == 400
    # Without any switch, time itself brings it.
    pay.clock.ahead = 32 * DAY
    pay.send_events()
    assert len(pay.invoices(other.customer)) == 2


def test_a_paused_subscription_is_resumed_with_a_charge(pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    paused = pay.control("subscriptions", subscription=subscription.id, status="paused")
    assert paused["status"] == "paused"
    pay.go_on(subscription.customer, months=2)
    assert len(pay.invoices(subscription.customer)) == 1
    assert pay.stripe.v1.subscriptions.resume(subscription.id).status == "active"
    assert len(pay.invoices(subscription.customer)) == 2
    assert "customer.subscription.resumed" in pay.types()
