"""What somebody who pays does, Stripe's news as it travels, and what of it all is known here."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from django.test import Client
from stripe import WebhookSignature

from accounts.access import workspace_scope
from accounts.models import Plan, Workspace
from billing import paying
from billing.models import Checkout, CheckoutState, Customer, Invoice, StripeEvent, Subscription
from billing.refreshing import refresh
from tests.integrations.sandbox.stripe.support import KEY, WEBHOOK_SECRET, StripeSandbox
from tests.support.people import SETUP, Persona

ADDRESS = "/webhooks/stripe/"
BACK = "http://testserver/w/some/settings/billing/return/"
CANCEL = "http://testserver/w/some/settings/billing/"


def go_to_checkout(persona: Persona, *, plan: Plan = Plan.TEAM, seats: int = 3) -> str:
    """The session's id at Stripe, of somebody who stands on its page."""
    address = paying.start_checkout(
        actor=persona.actor,
        workspace_id=persona.workspace.pk,
        plan=plan,
        seats=seats,
        return_url=BACK,
        cancel_url=CANCEL,
    )
    return address.rpartition("/")[2]


def pay(persona: Persona, till: StripeSandbox, *, plan: Plan = Plan.TEAM, seats: int = 3, card: str = "works") -> None:
    """Somebody pays on Stripe's page. Nobody has told us yet."""
    till.complete(go_to_checkout(persona, plan=plan, seats=seats), card)


def subscribe(
    persona: Persona, till: StripeSandbox, *, plan: Plan = Plan.TEAM, seats: int = 3, card: str = "works"
) -> None:
    """Somebody has paid, and we know."""
    pay(persona, till, plan=plan, seats=seats, card=card)
    refresh(persona.workspace.pk, actor=SETUP)


def now_of(persona: Persona) -> Workspace:
    with workspace_scope(persona.workspace.pk):
        return Workspace.objects.get(pk=persona.workspace.pk)


@contextmanager
def opened(persona: Persona) -> Iterator[Subscription]:
    """The subscription as it is known now, in its workspace's scope."""
    with workspace_scope(persona.workspace.pk):
        yield Subscription.objects.get()


def customer_of(persona: Persona) -> str:
    with workspace_scope(persona.workspace.pk):
        return str(Customer.objects.get().customer_id)


def subscription_of(persona: Persona) -> str:
    with opened(persona) as subscription:
        return subscription.facts.subscription_id


def inbox(persona: Persona) -> list[StripeEvent]:
    with workspace_scope(persona.workspace.pk):
        return list(StripeEvent.objects.order_by("received_at"))


def visits(persona: Persona) -> list[str]:
    with workspace_scope(persona.workspace.pk):
        return [CheckoutState(one.state).value for one in Checkout.objects.order_by("created_at")]


def everything_known(persona: Persona) -> dict[str, object]:
    """All that is known of a workspace's payments, but for when it was learned."""
    names = ("plan", "status", "seats", "period_end", "cancel_at", "past_due_since", "ended_at", "facts")
    limits = ("plan", "plan_state", "plan_ends_at", "seat_limit", "connection_limit", "history_months")
    workspace = now_of(persona)
    with workspace_scope(persona.workspace.pk):
        subscription = Subscription.objects.first()
        return {
            "subscription": [getattr(subscription, name) for name in names] if subscription else None,
            "limits": [getattr(workspace, name) for name in limits],
            "invoices": [(one.facts, one.status, one.issued_at) for one in Invoice.objects.order_by("issued_at")],
            "visits": sorted(one.state for one in Checkout.objects.all()),
        }


def events_of(till: StripeSandbox, version: str | None = None) -> list[dict[str, Any]]:
    """Every event of Stripe's store, oldest first."""
    headers = {"Authorization": f"Bearer {KEY}"} | ({"Stripe-Version": version} if version else {})
    answer = requests.get(f"{till.url}/v1/events", params={"limit": "100"}, headers=headers, timeout=60)
    return list(reversed(answer.json()["data"]))


def sign(body: bytes, *, secret: str = WEBHOOK_SECRET, age: float = 0) -> str:
    """As Stripe's own library signs."""
    header: str = WebhookSignature.generate_signature_header(body.decode(), secret, int(time.time() - age))
    return header


def deliver(client: Client, event: dict[str, Any], *, header: str | None = None) -> int:
    """Stripe's news about something, as it travels; the answer's status."""
    body = json.dumps(event, indent=2).encode()
    return send(client, body, sign(body) if header is None else header)


def send(client: Client, body: bytes, header: str | None) -> int:
    headers = {"Stripe-Signature": header} if header else {}
    return client.post(ADDRESS, body, content_type="application/json", headers=headers).status_code
