"""Looks at Stripe: asked for, begun with a number, and written down where none with a later number was."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions.plans import set_plan
from accounts.models import PlanState, Workspace
from audit.log import Actor, Target, record
from billing.actions.checkouts import end_checkouts
from billing.actions.invoices import keep_invoices
from billing.actions.subscriptions import keep_subscription, limits_of
from billing.models import Checkout, CheckoutState, Customer, Subscription
from billing.queues import REFRESH
from billing.seen import Seen
from config.enqueueing import enqueue_after_commit
from vault.tenancy import current_workspace_id

# Of visits to Checkout that nobody came back from, no more than these are asked after.
LATEST = 5


@dataclass(frozen=True, slots=True)
class Look:
    """One look that is under way. `checkouts` are the visits whose outcome is not known, with their ids at Stripe."""

    number: int
    customer_id: str = field(repr=False)
    checkouts: dict[UUID, str] = field(repr=False)


def ask_for_refresh(*, workspace_id: UUID) -> None:
    """Have the worker look at Stripe soon. Not recorded: what it finds is."""
    enqueue_after_commit(REFRESH, workspace_id)


@transaction.atomic
def begin_look() -> Look | None:
    """Take the next number, before Stripe is asked. None where there is no customer to ask about. Not recorded."""
    customer = Customer.objects.select_for_update().first()
    if customer is None or customer.customer_id is None:
        return None
    customer.asked_number += 1
    customer.save(update_fields=["asked_number"])
    visits = Checkout.objects.filter(state=CheckoutState.OPEN).order_by("-created_at")[:LATEST]
    return Look(
        customer.asked_number, customer.customer_id, {one.pk: one.session_id for one in visits if one.session_id}
    )


@transaction.atomic
def write_seen(*, actor: Actor, look: Look, seen: Seen, compare: bool = False) -> bool:
    """Set right what differs from what was seen; whether it was written: not where a later look has been.

    `compare`: what differed is told in the record and to operators, as no news had set it right.
    """
    customer = Customer.objects.select_for_update().get()
    if look.number <= customer.refreshed_number:
        return False
    differing = keep_subscription(actor=actor, seen=seen.subscription)
    if keep_invoices(actor=actor, seen=seen.invoices):
        differing.append("invoices")
    end_checkouts(actor=actor, states=seen.checkouts)
    if _set_limits(actor):
        differing.append("limits")
    differing += [word for word, is_so in (("several subscriptions", seen.several), ("price", seen.strange)) if is_so]
    now = timezone.now()
    customer.refreshed_number, customer.refreshed_at = look.number, now
    if compare:
        customer.reconciled_at, customer.differences = now, ", ".join(differing)
        if differing:
            customer.differed_at = now
            _tell(actor, customer, differing)
    customer.save()
    return True


def _set_limits(actor: Actor) -> bool:
    """Let the workspace have what its subscription pays for; whether that is a change."""
    subscription = Subscription.objects.first()
    if subscription is None:
        return False
    workspace = Workspace.objects.get(pk=current_workspace_id())
    limits = limits_of(subscription, workspace, timezone.now())
    if limits.stand_in(workspace):
        return False
    set_plan(
        actor=actor,
        workspace_id=workspace.pk,
        plan=limits.plan,
        state=PlanState(limits.plan_state),
        ends_at=limits.plan_ends_at,
        seat_limit=limits.seat_limit,
        connection_limit=limits.connection_limit,
        history_months=limits.history_months,
    )
    return True


def _tell(actor: Actor, customer: Customer, differing: list[str]) -> None:
    detail = {"fields": ", ".join(differing)}
    record(actor=actor, action="billing.reconciliation.differed", target=Target("customer", customer.pk), detail=detail)
