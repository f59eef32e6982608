"""What Stripe knows of a workspace, as it is kept here: none of it may be readable."""

from collections.abc import Mapping

from django.utils import timezone

from accounts.models import Plan, PlanState
from audit.log import Actor
from billing.actions.checkouts import begin_checkout, keep_customer, keep_session
from billing.actions.inbox import store_event
from billing.models import Invoice, InvoiceFacts, InvoiceStatus, Subscription, SubscriptionFacts
from billing.seen import digest_of

IDS = ("customer", "subscription", "subscription item", "checkout session", "invoice", "event", "link to an invoice")


def texts(mark: str) -> dict[str, str]:
    """One planted id for each of IDS."""
    return {what: f"Planted {what} {mark}" for what in IDS}


def plant_billing(actor: Actor, planted: Mapping[str, str]) -> None:
    """A customer that has a subscription and an invoice, is at Checkout once more, and of whom there is news."""
    begun = begin_checkout(actor=actor, plan=Plan.TEAM, seats=3)
    # Stripe never gives one twice.
    keep_customer(actor=actor, customer_id=f"{planted['customer']} {begun.customer}")
    keep_session(checkout_id=begun.id, session_id=planted["checkout session"])
    now = timezone.now()
    Subscription.objects.create(
        facts=SubscriptionFacts(planted["subscription"], planted["subscription item"], 1200, "USD"),
        plan=Plan.TEAM,
        status=PlanState.ACTIVE,
        seats=3,
        refreshed_at=now,
    )
    facts = InvoiceFacts(planted["invoice"], "A-1", 3600, "USD", planted["link to an invoice"])
    Invoice.objects.create(digest=digest_of(planted["invoice"]), facts=facts, status=InvoiceStatus.PAID, issued_at=now)
    store_event(event_id=planted["event"], kind="invoice.paid", body=planted["event"].encode())
