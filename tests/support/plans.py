"""Plans as tests need them: a workspace's own with some of its terms otherwise."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import set_plan
from accounts.models import Plan, PlanState, Workspace
from tests.support.people import SETUP, Persona


def change_plan(owner: Persona, **terms: Any) -> Workspace:
    """Set some terms of the workspace's plan and leave the others; the workspace as it is then."""
    with workspace_scope(owner.workspace.pk):
        now = Workspace.objects.get()
        given = {
            "plan": Plan(now.plan),
            "state": PlanState(now.plan_state),
            "ends_at": now.plan_ends_at,
            "seat_limit": now.seat_limit,
            "connection_limit": now.connection_limit,
            "history_months": now.history_months,
            **terms,
        }
        set_plan(actor=SETUP, workspace_id=now.pk, **given)
        return Workspace.objects.get()


def end_trial(owner: Persona) -> Workspace:
    """Let the free trial be over since yesterday."""
    return change_plan(owner, ends_at=timezone.now() - timedelta(days=1))
