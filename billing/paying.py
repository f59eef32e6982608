"""What people do about what they pay, each with its calls to Stripe between two short transactions.

Call these outside transactions. They raise `StripeAway`, `StripeRefused` and `NotPossible`, whose words are for the page.
Nobody's card comes near us: it goes to Stripe's own pages [R87].
"""

import logging
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings

from accounts.access import workspace_scope
from accounts.models import Plan
from audit.log import Actor
from billing.actions.changes import (
    Wish,
    check_change,
    check_wish,
    get_live,
    request_cancel,
    request_change,
    request_portal,
)
from billing.actions.checkouts import begin_checkout, end_checkouts, keep_customer, keep_session
from billing.actions.refreshes import ask_for_refresh
from billing.gateway import Gateway, open_gateway
from billing.models import CheckoutState
from billing.orders import Change, NewCheckout
from billing.plans import PLANS
from billing.problems import CardDeclined, Missing, NotPossible, StripeAway, StripeProblem, StripeRefused
from billing.refreshing import refresh
from billing.stripe_shapes import Invoice, moment

__all__ = [
    "CardDeclined",
    "NotPossible",
    "Preview",
    "PreviewLine",
    "StripeAway",
    "StripeProblem",
    "StripeRefused",
    "cancel_at_period_end",
    "change_subscription",
    "open_portal",
    "preview_change",
    "resume",
    "start_checkout",
]
log = logging.getLogger(__name__)

# So old a preview may be when it is confirmed: what it said is then what is charged.
PREVIEW_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line of an invoice, in Stripe's words; a credit is below zero."""

    text: str
    minor: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would cost: `due_now_minor` at once, or `credit_minor` kept for later invoices; then `next_minor` on
    `next_on`. `proration_at` is the moment it was reckoned for, in Unix seconds: confirm with it.
    """

    plan: Plan
    seats: int
    due_now_minor: int
    credit_minor: int
    next_minor: int
    currency: str
    next_on: date
    proration_at: int
    lines: tuple[PreviewLine, ...]


def start_checkout(
    *, actor: Actor, workspace_id: UUID, plan: Plan, seats: int, return_url: str, cancel_url: str
) -> str:
    """The address of Stripe's page for paying. Stripe leads back to `return_url`, with ?checkout=<id of the visit>."""
    # Somebody else may have paid a moment ago, in another window: then there is a plan to change, not to buy twice.
    refresh(workspace_id, actor=actor)
    with open_gateway() as gateway:
        with workspace_scope(workspace_id):
            check_wish(Wish(plan, seats), is_new=True)
            begun = begin_checkout(actor=actor, plan=plan, seats=seats)
        try:
            customer_id = begun.customer_id
            if customer_id is None:
                customer_id = gateway.make_customer(workspace_id=workspace_id, key=f"customer-{begun.customer}")
                with workspace_scope(workspace_id):
                    keep_customer(actor=actor, customer_id=customer_id)
            _expire(gateway, begun.former)
            price = gateway.find_price(PLANS[plan].lookup_key)
            order = NewCheckout(
                workspace_id=workspace_id,
                customer_id=customer_id,
                price_id=price.id,
                seats=seats,
                success_url=f"{return_url}?checkout={begun.id}",
                cancel_url=cancel_url,
            )
            session = gateway.open_checkout(order, key=f"checkout-{begun.id}")
            address = _on_stripes_pages(session.url or "")
        except (StripeProblem, NotPossible):
            with workspace_scope(workspace_id):
                end_checkouts(actor=actor, states={begun.id: CheckoutState.EXPIRED})
            raise
    with workspace_scope(workspace_id):
        keep_session(checkout_id=begun.id, session_id=session.id)
        end_checkouts(actor=actor, states=dict.fromkeys(begun.former, CheckoutState.EXPIRED))
    return address


def preview_change(*, workspace_id: UUID, plan: Plan, seats: int) -> Preview:
    """What it would come to if it were confirmed now. Changes nothing."""
    with open_gateway() as gateway:
        change = _find_change(gateway, workspace_id, Wish(plan, seats))
        upcoming = gateway.preview(change)
    with workspace_scope(workspace_id):
        period_end = get_live().period_end
    return Preview(
        plan=plan,
        seats=seats,
        due_now_minor=upcoming.now.amount_due,
        credit_minor=max(0, -upcoming.now.total),
        next_minor=upcoming.later.total,
        currency=upcoming.later.currency.upper(),
        next_on=(period_end or moment(upcoming.later.created)).date(),
        proration_at=_moment_seconds(upcoming.now),
        lines=tuple(PreviewLine(line.description or "", line.amount) for line in upcoming.now.lines.data),
    )


def change_subscription(*, actor: Actor, workspace_id: UUID, plan: Plan, seats: int, proration_at: int) -> None:
    """Another plan or number of seats, reckoned for the moment of the preview that was shown. The same again is quiet."""
    wish = Wish(plan, seats)
    with open_gateway() as gateway:
        change = _find_change(gateway, workspace_id, wish)
        # The moment comes back from a form. A later one would make the rest of the month cheaper than it is.
        age = _moment_seconds(gateway.reckon_now(change)) - proration_at
        if not 0 <= age <= PREVIEW_SECONDS:
            raise NotPossible("These figures are out of date. Look at them again before you confirm.")
        with workspace_scope(workspace_id):
            request_change(actor=actor, wish=wish)
            key = f"change-{get_live().pk}-{plan}-{seats}-{proration_at}"
        gateway.change(change, proration_at=proration_at, key=key)
    _look_again(actor, workspace_id)


def cancel_at_period_end(*, actor: Actor, workspace_id: UUID) -> None:
    """Let the plan end with what is paid for."""
    _set_cancel(actor, workspace_id, at_period_end=True)


def resume(*, actor: Actor, workspace_id: UUID) -> None:
    """Keep the plan after all."""
    _set_cancel(actor, workspace_id, at_period_end=False)


def open_portal(*, actor: Actor, workspace_id: UUID, return_url: str) -> str:
    """The address of Stripe's Customer Portal for this workspace: cards, addresses, invoices."""
    with workspace_scope(workspace_id):
        customer_id, visit_id = request_portal(actor=actor)
    with open_gateway() as gateway:
        address = gateway.open_portal(customer_id=customer_id, return_url=return_url, key=f"portal-{visit_id}")
    return _on_stripes_pages(address)


def _set_cancel(actor: Actor, workspace_id: UUID, *, at_period_end: bool) -> None:
    with open_gateway() as gateway:
        with workspace_scope(workspace_id):
            request_id = request_cancel(actor=actor, at_period_end=at_period_end)
            subscription_id = get_live().facts.subscription_id
        if request_id is not None:
            gateway.set_cancel(subscription_id, at_period_end=at_period_end, key=f"cancel-{request_id}")
    _look_again(actor, workspace_id)


def _find_change(gateway: Gateway, workspace_id: UUID, wish: Wish) -> Change:
    """Whoever keeps their plan keeps its price, also where new ones pay another."""
    with workspace_scope(workspace_id):
        subscription = check_change(wish)
        facts, is_other = subscription.facts, subscription.plan != wish.plan
    price_id = gateway.find_price(PLANS[wish.plan].lookup_key).id if is_other else None
    return Change(facts.subscription_id, facts.item_id, wish.seats, price_id)


def _expire(gateway: Gateway, former: dict[UUID, str]) -> None:
    """Close the visits before, so that nobody pays twice."""
    for checkout_id, session_id in former.items():
        try:
            gateway.expire_checkout(session_id, key=f"expire-{checkout_id}")
        except Missing:
            log.info("Checkout %s is not known at Stripe any more", checkout_id)
        except StripeRefused:
            # It is over, so it was paid in this very moment: our copy of it is on its way.
            raise NotPossible("A payment has just been made for this workspace. Look at the plan again.") from None


def _look_again(actor: Actor, workspace_id: UUID) -> None:
    """It is done, whatever comes of looking at it; then the worker looks."""
    try:
        refresh(workspace_id, actor=actor)
    except StripeProblem as problem:
        log.warning("Workspace %s is looked at later: %s", workspace_id, problem.code)
        ask_for_refresh(workspace_id=workspace_id)


def _on_stripes_pages(address: str) -> str:
    # The security policy lets forms lead there and nowhere else; this is the same rule without a browser.
    pages = settings.STRIPE.pages if settings.STRIPE else ()
    if not any(address.startswith(f"{origin}/") for origin in pages):
        raise StripeRefused("strange_page")
    return address


def _moment_seconds(drawn_up: Invoice) -> int:
    """The moment for which Stripe has reckoned: of its own clock, which may be a test clock."""
    return max((line.period.start for line in drawn_up.lines.data), default=drawn_up.created)
