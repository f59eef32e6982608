"""Our copy of a workspace's subscription, and what follows from it for the workspace."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Plan, PlanState, Workspace
from audit.log import Actor, Target, changes, record
from billing.models import Subscription
from billing.plans import PLANS
from billing.seen import SeenSubscription

# So long after a payment first failed, syncs go on.
GRACE = timedelta(days=14)
FIELDS = ("facts", "plan", "status", "seats", "period_end", "cancel_at", "past_due_since", "ended_at")
# The ids and the price of a seat change along with it; the record does without them.
TOLD = FIELDS[1:]


@dataclass(frozen=True, slots=True)
class Limits:
    """The columns of a workspace that follow from its subscription, by their names."""

    plan: Plan
    plan_state: PlanState
    plan_ends_at: datetime | None
    seat_limit: int
    connection_limit: int
    history_months: int

    def stand_in(self, workspace: Workspace) -> bool:
        """Whether the workspace has just these."""
        return all(getattr(workspace, name) == value for name, value in asdict(self).items())


@transaction.atomic
def keep_subscription(*, actor: Actor, seen: SeenSubscription | None) -> list[str]:
    """Write down the subscription that was seen; the names of the fields that differed."""
    if seen is None:
        return []
    kept = Subscription.objects.select_for_update().first()
    now = timezone.now()
    found = {name: getattr(seen, name) for name in FIELDS}
    if seen.status == PlanState.PAST_DUE and seen.past_due_since is None:
        # Whatever has become of the invoice that is owed, the time that is left does not begin anew with each look.
        found["past_due_since"] = (kept.past_due_since if kept else None) or now
    if kept is None:
        kept = Subscription.objects.create(refreshed_at=now, **found)
        detail: dict[str, object] = {"plan": PLANS[seen.plan].name, "seats": seen.seats}
        record(
            actor=actor, action="billing.subscription.created", target=Target("subscription", kept.pk), detail=detail
        )
        return ["subscription"]
    before = {name: getattr(kept, name) for name in FIELDS}
    differing = [name for name in FIELDS if before[name] != found[name]]
    for name in differing:
        setattr(kept, name, found[name])
    kept.refreshed_at = now
    kept.save()
    if differing:
        detail = changes(_plain(before), _plain(found))
        record(
            actor=actor, action="billing.subscription.changed", target=Target("subscription", kept.pk), detail=detail
        )
    return ["subscription" if name == "facts" else name for name in differing]


def limits_of(subscription: Subscription, workspace: Workspace, now: datetime) -> Limits:
    """What the workspace may do on this subscription, at `now` (UTC)."""
    terms = PLANS[Plan(subscription.plan)]
    return Limits(
        plan=terms.plan,
        plan_state=PlanState(subscription.status),
        plan_ends_at=_end_of(subscription, workspace, now),
        seat_limit=subscription.seats,
        connection_limit=terms.connections,
        history_months=terms.history_months,
    )


def _end_of(subscription: Subscription, workspace: Workspace, now: datetime) -> datetime | None:
    """When syncs stop, unless something changes until then."""
    match subscription.status:
        case PlanState.TRIALING | PlanState.ACTIVE:
            return subscription.cancel_at
        case PlanState.PAST_DUE:
            end = (subscription.past_due_since or now) + GRACE
            return min(end, subscription.cancel_at) if subscription.cancel_at else end
        case PlanState.CANCELED:
            # A test clock at Stripe may be ahead of ours; what is over there is over.
            is_noted = workspace.plan_state == PlanState.CANCELED and workspace.plan_ends_at is not None
            return workspace.plan_ends_at if is_noted else min(subscription.ended_at or now, now)
        case _:
            return None


def _plain(facts: dict[str, object]) -> dict[str, object]:
    plain = {name: facts[name] for name in TOLD}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in plain.items()}
