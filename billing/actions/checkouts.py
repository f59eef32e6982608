"""Visits to Stripe's page for paying: begun, opened, and over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Plan
from audit.log import Actor, Target, record
from billing.models import Checkout, CheckoutState, Customer
from billing.plans import PLANS
from billing.problems import NotPossible
from vault.routing import add_route

CUSTOMER_ROUTE = "stripe_customer"
# As long as Stripe is given to open its page. Two who go at once would else stand on two pages, and might both pay.
OPENING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class BegunCheckout:
    """A visit that is not at Stripe yet. `customer_id` is None where Stripe must make the customer first; `former` are
    the visits before that may still be open, with their ids at Stripe.
    """

    id: UUID
    customer: UUID
    customer_id: str | None = field(repr=False)
    former: dict[UUID, str] = field(repr=False)


@transaction.atomic
def begin_checkout(*, actor: Actor, plan: Plan, seats: int) -> BegunCheckout:
    """Note that somebody goes to pay for so many seats. Raises NotPossible for what is not a person, and while somebody else
    is on the way to Stripe's page: what they open there cannot be closed yet.
    """
    if actor.user_id is None:
        raise NotPossible("Only a person can go and pay.")
    Customer.objects.bulk_create([Customer()], ignore_conflicts=True)
    customer = Customer.objects.select_for_update().get()
    former = list(Checkout.objects.filter(state=CheckoutState.OPEN).order_by("-created_at"))
    unopened = [one for one in former if not one.session_id]
    if any(one.created_at > timezone.now() - OPENING for one in unopened):
        raise NotPossible("Somebody is on the way to Stripe’s page for this workspace just now. Try again in a minute.")
    end_checkouts(actor=actor, states={one.pk: CheckoutState.EXPIRED for one in unopened})
    open_ones = {one.pk: one.session_id for one in former if one.session_id}
    checkout = Checkout.objects.create(user_id=actor.user_id, plan=plan, seats=seats)
    detail = {"plan": PLANS[plan].name, "seats": seats}
    record(actor=actor, action="billing.checkout.requested", target=Target("checkout", checkout.pk), detail=detail)
    return BegunCheckout(checkout.pk, customer.pk, customer.customer_id, open_ones)


@transaction.atomic
def keep_customer(*, actor: Actor, customer_id: str) -> None:
    """Write down which customer Stripe has made, and let its news find the workspace. Quiet the second time."""
    customer = Customer.objects.select_for_update().get()
    if customer.customer_id is not None:
        return
    customer.customer_id = customer_id
    customer.save(update_fields=["customer_id"])
    add_route(kind=CUSTOMER_ROUTE, key=customer_id, object_id=customer.pk)
    record(actor=actor, action="billing.customer.created", target=Target("customer", customer.pk))


@transaction.atomic
def keep_session(*, checkout_id: UUID, session_id: str) -> None:
    """Write down which of Stripe's sessions a visit is. Not recorded: that it was asked for is."""
    checkout = Checkout.objects.select_for_update().get(pk=checkout_id)
    checkout.session_id = session_id
    checkout.save(update_fields=["session_id"])


@transaction.atomic
def end_checkouts(*, actor: Actor, states: Mapping[UUID, CheckoutState]) -> None:
    """Write down what came of visits. Those that are over already, or still open, stay as they are."""
    for checkout in Checkout.objects.select_for_update().filter(pk__in=states, state=CheckoutState.OPEN):
        state = states[checkout.pk]
        if state != CheckoutState.OPEN:
            checkout.state, checkout.ended_at = state, timezone.now()
            checkout.save(update_fields=["state", "ended_at"])
            target, detail = Target("checkout", checkout.pk), {"state": state.label}
            record(actor=actor, action="billing.checkout.ended", target=target, detail=detail)
