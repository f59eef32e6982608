"""What a workspace's plan allows, read from the workspace alone.

A plan that has ended stops syncs, and nothing else: what is here stays, can be exported, and everybody still comes in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Plan, PlanState, Workspace
from config.moments import name_day

# So long before a trial ends, every page says so.
WARNED = timedelta(days=7)
SYNCING = frozenset({PlanState.TRIALING, PlanState.ACTIVE, PlanState.PAST_DUE, PlanState.CANCELED})
YEAR = 12

STOPPED = "so nothing new comes in from banks and books. What is here stays, and can be exported."
WILL_STOP = "Then nothing new comes in from banks and books; what is here stays, and can be exported."
CHOOSE, SEE, PAY = "Choose a plan", "See billing", "See what is open"


@dataclass(frozen=True, slots=True)
class Notice:
    """What every page says of the plan. `action` is what a link to billing is called; `tone` as in components/notice.html."""

    tone: str
    text: str
    action: str


def may_sync(workspace: Workspace, now: datetime) -> bool:
    """Whether the plan brings in what is new. Without an end a plan goes on, unless it is cancelled, unpaid or paused."""
    if workspace.plan_state not in SYNCING:
        return False
    if workspace.plan_ends_at is None:
        return workspace.plan_state != PlanState.CANCELED
    return now < workspace.plan_ends_at


def seats_left(workspace: Workspace, *, taken: int) -> int:
    """How many more may be invited where so many seats are taken; none where a smaller plan came later."""
    return max(0, workspace.seat_limit - taken)


def connections_left(workspace: Workspace, *, connected: int) -> int:
    """How many more banks and books may be connected beside those that are."""
    return max(0, workspace.connection_limit - connected)


def name_history(workspace: Workspace) -> str:
    """How far back a bank is asked for rows, in words: two years, 18 months."""
    years = {YEAR: "a year", 2 * YEAR: "two years"}
    return years.get(workspace.history_months, f"{workspace.history_months} months")


def say_why_paused(workspace: Workspace, now: datetime) -> str:
    """Why nothing new comes in, and the way out, for whoever asks for a sync."""
    notice = notice_of(workspace, now)
    return f"{notice.text if notice else ''} An Owner or Admin can see to it under Settings › Billing.".lstrip()


def notice_of(workspace: Workspace, now: datetime) -> Notice | None:
    """What is to be said of the plan on every page, None while all is well. Days are those of the active time zone."""
    if not may_sync(workspace, now):
        return _stopped(workspace)
    if workspace.plan_ends_at is None:
        return _failing(workspace)
    day = name_day(workspace.plan_ends_at)
    if workspace.plan_state == PlanState.PAST_DUE:
        return Notice("warn", f"The last payment failed. Unless it goes through, syncs stop on {day}.", PAY)
    if workspace.plan_state == PlanState.TRIALING:
        is_near = workspace.plan_ends_at - now <= WARNED
        return Notice("info", f"The free trial ends on {day}. {WILL_STOP}", CHOOSE) if is_near else None
    return Notice("info", f"The plan is cancelled and ends on {day}. {WILL_STOP}", SEE)


def _failing(workspace: Workspace) -> Notice | None:
    if workspace.plan_state != PlanState.PAST_DUE:
        return None
    return Notice("warn", "The last payment failed. It is tried again by itself; until then all goes on.", PAY)


def _stopped(workspace: Workspace) -> Notice:
    ended = f"ended on {name_day(workspace.plan_ends_at)}" if workspace.plan_ends_at else "has ended"
    match workspace.plan_state:
        case PlanState.TRIALING if workspace.plan == Plan.TRIAL:
            return Notice("warn", f"The free trial {ended}, {STOPPED}", CHOOSE)
        case PlanState.PAST_DUE:
            return Notice("bad", f"The last payment failed and was not made up for, {STOPPED}", PAY)
        case PlanState.UNPAID:
            return Notice("bad", f"The plan is unpaid, {STOPPED}", PAY)
        case PlanState.PAUSED:
            return Notice("warn", f"The plan is paused, {STOPPED}", SEE)
        case _:
            return Notice("warn", f"The plan {ended}, {STOPPED}", CHOOSE)
