"""What changes, coupons and credit come to: in minor units, to the second."""

from fractions import Fraction
from typing import Any, cast

import pytest
import stripe

from integrations.sandbox.stripe.reckoning import add_months, round_half_up
from tests.integrations.sandbox.stripe.support import DAY, StripeSandbox, item_of


def preview(pay: StripeSandbox, subscription: stripe.Subscription, **details: Any) -> stripe.Invoice:
    params = {"customer": subscription.customer, "subscription": subscription.id, "subscription_details": details}
    return pay.stripe.v1.invoices.create_preview(cast(Any, params))


def seats(subscription: stripe.Subscription, number: int, **more: str) -> dict[str, Any]:
    items = [{"id": item_of(subscription).id, "quantity": number, **more}]
    return {"items": items, "proration_behavior": "always_invoice"}


@pytest.mark.parametrize("days", [1, 10, 27.5])
def test_what_is_shown_before_is_what_is_charged(days: float, pay: StripeSandbox) -> None:
    subscription = pay.subscribe(seats=3)
    at = pay.go_on(subscription.customer, days=days)
    item = item_of(subscription)
    wanted = {**seats(subscription, 5), "proration_date": at}
    shown = preview(pay, subscription, **wanted)
    rest = Fraction(item.current_period_end - at, item.current_period_end - item.current_period_start)
    assert [one.amount for one in shown.lines.data] == [-round_half_up(rest * 3600), round_half_up(rest * 6000)]
    assert len(pay.invoices(subscription.customer)) == 1
    pay.change(subscription, **wanted)
    charged = pay.invoices(subscription.customer)[-1]
    assert (charged.total, charged.amount_paid) == (shown.total, shown.amount_due)
    assert charged.billing_reason == "subscription_update"


def test_another_plan_is_prorated_too(pay: StripeSandbox) -> None:
    subscription = pay.subscribe(seats=2)
    business = pay.add_price("counterfoil_business_monthly", 2900)
    shown = preview(pay, subscription, **seats(subscription, 2, price=business.id))
    assert -2400 <= shown.lines.data[0].amount <= -2399
    assert 5799 <= shown.lines.data[1].amount <= 5800
    changed = pay.change(subscription, **seats(subscription, 2, price=business.id))
    assert item_of(changed).price.id == business.id


def test_fewer_seats_leave_credit_that_the_next_invoice_uses_up(pay: StripeSandbox) -> None:
    subscription = pay.subscribe(seats=5)
    wanted = {**seats(subscription, 2), "proration_date": item_of(subscription).current_period_start}
    assert (preview(pay, subscription, **wanted).total, preview(pay, subscription, **wanted).amount_due) == (-3600, 0)
    pay.change(subscription, **wanted)
    assert pay.stripe.v1.customers.retrieve(str(subscription.customer)).balance == -3600
    assert preview(pay, subscription).amount_due == 0
    for month in range(1, 3):
        pay.go_on(subscription.customer, days=31)
        invoice = pay.invoices(subscription.customer)[-1]
        assert (invoice.total, invoice.amount_due) == (2400, 0 if month == 1 else 1200)
    assert pay.stripe.v1.customers.retrieve(str(subscription.customer)).balance == 0


def test_what_is_not_invoiced_at_once_waits_for_the_renewal(pay: StripeSandbox) -> None:
    subscription = pay.subscribe(seats=1)
    wanted = {"items": seats(subscription, 2)["items"], "proration_date": item_of(subscription).current_period_start}
    shown = preview(pay, subscription, **wanted)
    assert shown.total == 1200 + 2400
    pay.change(subscription, **wanted)
    assert len(pay.invoices(subscription.customer)) == 1
    pay.go_on(subscription.customer, days=31)
    assert pay.invoices(subscription.customer)[-1].total == shown.total
    assert preview(pay, subscription).total == 2400


def test_the_built_in_code_takes_a_fifth_off_for_three_months(pay: StripeSandbox) -> None:
    session = pay.start_checkout(seats=10, allow_promotion_codes=True)
    assert pay.post("/control/stripe/checkouts", session=session.id, promotion_code="GUESS").status_code == 400
    done = pay.complete(session.id, promotion_code="welcome20")
    assert (done["amount_subtotal"], done["amount_total"]) == (12_000, 9_600)
    for _ in range(3):
        pay.go_on(session.customer, days=31)
    assert [one.total for one in pay.invoices(session.customer)] == [9_600, 9_600, 9_600, 12_000]


def test_a_coupon_for_once_is_spent(pay: StripeSandbox) -> None:
    coupon = pay.stripe.v1.coupons.create({"amount_off": 500, "currency": "usd", "duration": "once"})
    subscription = pay.subscribe(seats=1, discounts=[{"coupon": coupon.id}])
    pay.go_on(subscription.customer, days=31)
    assert [one.total for one in pay.invoices(subscription.customer)] == [700, 1200]
    assert pay.stripe.v1.coupons.retrieve(coupon.id).times_redeemed == 1


def test_a_first_invoice_can_be_seen_before_there_is_a_subscription(pay: StripeSandbox) -> None:
    items = [{"price": pay.add_price().id, "quantity": 7}]
    params = {"customer": pay.add_customer(), "subscription_details": {"items": items}}
    assert pay.stripe.v1.invoices.create_preview(cast(Any, params)).total == 8400


def test_a_change_that_cannot_be_is_refused(pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    for wanted, param in (
        ({"items": [{"id": "si_other", "quantity": 2}]}, "items[0][id]"),
        ({"items": [{"id": item_of(subscription).id, "quantity": 0}]}, "items[0][quantity]"),
        ({**seats(subscription, 9), "proration_date": 1}, "proration_date"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            pay.change(subscription, **wanted)
        assert caught.value.param == param
    assert item_of(pay.subscription(subscription.id)).quantity == 3


def test_a_change_may_be_made_to_depend_on_the_card(pay: StripeSandbox) -> None:
    subscription = pay.subscribe()
    pay.control("cards", customer=subscription.customer, card="declined")
    with pytest.raises(stripe.CardError):
        pay.change(subscription, payment_behavior="error_if_incomplete", **seats(subscription, 9))
    assert item_of(pay.subscription(subscription.id)).quantity == 3
    assert pay.change(subscription, **seats(subscription, 9)).status == "past_due"


def test_rounding_and_months() -> None:
    assert [round_half_up(Fraction(one, 2)) for one in (-3, -1, 1, 3)] == [-2, -1, 1, 2]
    leap = 1_835_352_000  # 2028-02-28 12:00 UTC
    assert add_months(leap, 12) - leap == 366 * DAY
    assert add_months(leap, -1, day=31) == leap - 28 * DAY
