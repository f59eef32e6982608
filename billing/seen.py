"""What a look at Stripe comes to: of all that a customer has there, the subscription that counts, and its invoices."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from accounts.models import Plan, PlanState
from billing import stripe_shapes as shapes
from billing.models import CheckoutState, InvoiceFacts, InvoiceStatus, SubscriptionFacts
from billing.plans import PAID

log = logging.getLogger(__name__)

OWED = frozenset({PlanState.PAST_DUE, PlanState.UNPAID})
# Stripe's metadata of each price of ours; a price that has lost its lookup key to a newer one still has this.
PLAN_MARK = "counterfoil_plan"


@dataclass(frozen=True, slots=True)
class SeenSubscription:
    """As billing.models.Subscription."""

    facts: SubscriptionFacts = field(repr=False)
    plan: Plan
    status: PlanState
    seats: int
    period_end: datetime | None
    cancel_at: datetime | None
    past_due_since: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SeenInvoice:
    digest: bytes = field(repr=False)
    facts: InvoiceFacts = field(repr=False)
    status: InvoiceStatus
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """`several`: more than one subscription is paid for. `strange`: one has a price that is none of ours."""

    subscription: SeenSubscription | None
    invoices: tuple[SeenInvoice, ...]
    checkouts: dict[UUID, CheckoutState] = field(default_factory=dict)
    several: bool = False
    strange: bool = False


def make_out(
    subscriptions: Sequence[shapes.Subscription],
    invoices: Sequence[shapes.Invoice],
    checkouts: dict[UUID, CheckoutState],
) -> Seen:
    """One that was never paid for (incomplete) does not count; one that is over counts where nothing else does."""
    counting = [one for one in subscriptions if one.status in PlanState.values]
    ours = [one for one in counting if one.item is not None and _plan_of(one.item.price)]
    live = [one for one in ours if one.status != PlanState.CANCELED]
    chosen = max(live or ours, key=lambda one: one.created, default=None)
    return Seen(
        subscription=_subscription(chosen, invoices) if chosen else None,
        invoices=tuple(_invoices(invoices)),
        checkouts=checkouts,
        several=len(live) > 1,
        strange=len(ours) < len(counting),
    )


def digest_of(stripe_id: str) -> bytes:
    """By which something of Stripe's is found again without its id being kept."""
    return sha256(stripe_id.encode()).digest()


def _subscription(one: shapes.Subscription, invoices: Iterable[shapes.Invoice]) -> SeenSubscription | None:
    item = one.item
    plan = _plan_of(item.price) if item else None
    if item is None or plan is None:
        return None
    status = PlanState(one.status)
    owed = [bill.created for bill in invoices if bill.status == InvoiceStatus.OPEN and bill.subscription_id == one.id]
    return SeenSubscription(
        facts=SubscriptionFacts(one.id, item.id, item.price.unit_amount or 0, item.price.currency.upper()),
        plan=plan,
        status=status,
        seats=item.quantity or 1,
        period_end=one.period_end,
        cancel_at=one.ends_at if status != PlanState.CANCELED else None,
        past_due_since=shapes.moment(min(owed)) if owed and status in OWED else None,
        ended_at=shapes.moment(one.ended_at) if one.ended_at and status == PlanState.CANCELED else None,
    )


def _plan_of(price: shapes.Price) -> Plan | None:
    marked = price.metadata.get(PLAN_MARK)
    return next((terms.plan for terms in PAID if marked == terms.plan or price.lookup_key == terms.lookup_key), None)


def _invoices(invoices: Iterable[shapes.Invoice]) -> Iterable[SeenInvoice]:
    for one in invoices:
        if one.status in InvoiceStatus.values:
            links = one.hosted_invoice_url or "", one.invoice_pdf or ""
            facts = InvoiceFacts(one.id, one.number or "", one.total, one.currency.upper(), *links)
            yield SeenInvoice(digest_of(one.id), facts, InvoiceStatus(one.status), shapes.moment(one.created))
