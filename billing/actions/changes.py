"""What somebody wants of the subscription, held against how things stand, and put on record before Stripe is asked for it.

Each request's id is its idempotency key at Stripe.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.models import Plan
from accounts.reports.seats import count_seats
from audit.log import Actor, Target, record
from billing.models import Customer, Subscription
from billing.plans import PAID, PLANS
from billing.problems import NotPossible


@dataclass(frozen=True, slots=True)
class Wish:
    plan: Plan
    seats: int


def get_live() -> Subscription:
    """The subscription that there is to change. Raises NotPossible."""
    subscription = Subscription.objects.first()
    if subscription is None or not subscription.is_live:
        raise NotPossible("There is no plan to change. Choose one first.")
    return subscription


def check_wish(wish: Wish, *, is_new: bool) -> None:
    """Raises NotPossible for a plan or a number of seats that this workspace cannot have now."""
    terms = PLANS[wish.plan]
    if terms not in PAID:
        raise NotPossible("This plan cannot be bought. Choose one of the others.")
    if not 1 <= wish.seats <= terms.most_seats:
        raise NotPossible(f"{terms.name} has between 1 and {terms.most_seats} seats.")
    taken = count_seats().taken
    if wish.seats < taken:
        raise NotPossible(
            f"{taken} seats are taken by members and open invitations. Choose at least as many, or remove somebody first."
        )
    subscription = Subscription.objects.first()
    if is_new and subscription is not None and subscription.is_live:
        raise NotPossible("This workspace has a plan already. Change it instead of buying another.")


def check_change(wish: Wish) -> Subscription:
    """The subscription, if it can become what is wished for. Raises NotPossible."""
    subscription = get_live()
    if not subscription.is_changeable:
        raise NotPossible("A payment is open, or the plan is paused. See to that first; then the plan can be changed.")
    check_wish(wish, is_new=False)
    if Wish(Plan(subscription.plan), subscription.seats) == wish:
        raise NotPossible("That is the plan you have, with as many seats.")
    return subscription


@transaction.atomic
def request_change(*, actor: Actor, wish: Wish) -> None:
    """Note who wants which plan. Raises NotPossible."""
    subscription = check_change(wish)
    detail = {"plan": PLANS[wish.plan].name, "seats": wish.seats}
    target = Target("subscription", subscription.pk)
    record(actor=actor, action="billing.change.requested", target=target, detail=detail)


@transaction.atomic
def request_cancel(*, actor: Actor, at_period_end: bool) -> UUID | None:
    """Note who wants the plan to end with what is paid for, or not after all; None where that is how it is already.

    Raises NotPossible.
    """
    subscription = get_live()
    if (subscription.cancel_at is not None) == at_period_end:
        return None
    action = "billing.cancellation.requested" if at_period_end else "billing.cancellation.withdrawn"
    return record(actor=actor, action=action, target=Target("subscription", subscription.pk)).pk


@transaction.atomic
def request_portal(*, actor: Actor) -> tuple[str, UUID]:
    """Note who goes to the Customer Portal; the customer's id, and the request's. Raises NotPossible."""
    customer = Customer.objects.first()
    if customer is None or customer.customer_id is None:
        raise NotPossible("Nothing was paid for yet, so there is nothing to see at Stripe. Choose a plan first.")
    visit = record(actor=actor, action="billing.portal.opened", target=Target("customer", customer.pk))
    return customer.customer_id, visit.pk
