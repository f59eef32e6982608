"""How a workspace stands with what it pays: its state in words, and what can be done about it."""

from dataclasses import dataclass
from datetime import datetime

from accounts.entitlements import may_sync, notice_of
from accounts.models import Plan, PlanState, Workspace
from billing.models import Customer, Subscription
from billing.models.subscriptions import CHANGEABLE
from billing.plans import PLANS
from config.moments import name_day
from ledger.money import format_minor

TONES = {
    PlanState.TRIALING: "busy",
    PlanState.ACTIVE: "ok",
    PlanState.PAST_DUE: "warn",
    PlanState.UNPAID: "bad",
    PlanState.CANCELED: "quiet",
    PlanState.PAUSED: "warn",
}
LABELS = {
    PlanState.TRIALING: "Trial",
    PlanState.ACTIVE: "Active",
    PlanState.PAST_DUE: "Past due",
    PlanState.UNPAID: "Unpaid",
    PlanState.CANCELED: "Cancelled",
    PlanState.PAUSED: "Paused",
}
NO_CARD = "No card is needed until you choose a plan, and what is here stays whatever you choose."
AT_STRIPE = "Change the card or pay the open invoice on Stripe’s page."


@dataclass(frozen=True, slots=True)
class Standing:
    """The plan and its state in words. `cost` is what a month costs, empty where nothing does; `next` is what comes when.

    `is_live`: there is a subscription to change or end; `is_ending`: it ends by itself unless somebody wants it after
    all; `can_choose`: a plan and seats can be chosen, which an open payment holds back; `has_customer`: Stripe knows the
    workspace, and its portal opens.
    """

    plan: str
    label: str
    tone: str
    text: str
    cost: str
    next: str
    is_live: bool
    is_ending: bool
    can_choose: bool
    has_customer: bool


def read_subscription() -> Subscription | None:
    """The one that the workspace in scope has, or last had."""
    return Subscription.objects.first()


def read_standing(workspace: Workspace, subscription: Subscription | None, now: datetime) -> Standing:
    """Of the workspace in scope; days are those of the active time zone."""
    state, is_live = PlanState(workspace.plan_state), subscription is not None and subscription.is_live
    is_ending = is_live and subscription is not None and subscription.cancel_at is not None
    is_over = state in (PlanState.TRIALING, PlanState.ACTIVE) and not may_sync(workspace, now)
    return Standing(
        plan=PLANS[Plan(workspace.plan)].name,
        label="Over" if is_over else "Ends soon" if is_ending and state == PlanState.ACTIVE else LABELS[state],
        tone="warn" if is_over or is_ending else TONES[state],
        text=_text(workspace, now),
        cost=_cost(subscription) if is_live and subscription else "",
        next=_next(subscription) if is_live and subscription else "",
        is_live=is_live,
        is_ending=is_ending,
        can_choose=not is_live or state in CHANGEABLE,
        # A customer was looked at as soon as Stripe had made it.
        has_customer=Customer.objects.filter(asked_number__gt=0).exists(),
    )


def _text(workspace: Workspace, now: datetime) -> str:
    notice = notice_of(workspace, now)
    if workspace.plan == Plan.TRIAL and workspace.plan_state == PlanState.TRIALING:
        if notice is None and workspace.plan_ends_at is not None:
            return f"The free trial ends on {name_day(workspace.plan_ends_at)}. {NO_CARD}"
        return f"{notice.text} {NO_CARD}" if notice and may_sync(workspace, now) else notice.text if notice else NO_CARD
    if notice is None:
        return "All is well."
    is_owed = workspace.plan_state in (PlanState.PAST_DUE, PlanState.UNPAID)
    return f"{notice.text} {AT_STRIPE}" if is_owed else notice.text


def _cost(subscription: Subscription) -> str:
    facts = subscription.facts
    seat, month = (format_minor(minor, facts.currency) for minor in (facts.unit_minor, _monthly(subscription)))
    seats = "1 seat" if subscription.seats == 1 else f"{subscription.seats} seats"
    return f"{seats} at {seat} {facts.currency} a month: {month} {facts.currency}"


def _next(subscription: Subscription) -> str:
    if subscription.cancel_at is not None:
        return f"Ends on {name_day(subscription.cancel_at)}. Nothing is charged then."
    if subscription.period_end is None:
        return ""
    facts = subscription.facts
    amount = format_minor(_monthly(subscription), facts.currency)
    return f"Renews on {name_day(subscription.period_end)}, for {amount} {facts.currency} before taxes and discounts"


def _monthly(subscription: Subscription) -> int:
    return subscription.seats * subscription.facts.unit_minor
