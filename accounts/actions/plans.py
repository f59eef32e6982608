"""The one deed by which a workspace's plan and its limits change."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.entitlements import may_sync
from accounts.models import Plan, PlanState, Workspace
from accounts.queues import RESUME_SYNCS
from audit.log import Actor, Target, changes, record
from config.enqueueing import enqueue_after_commit
from vault.tenancy import enter_workspace

FIELDS = ("plan", "plan_state", "plan_ends_at", "seat_limit", "connection_limit", "history_months")


@transaction.atomic
def set_plan(
    *,
    actor: Actor,
    workspace_id: UUID,
    plan: Plan,
    state: PlanState,
    ends_at: datetime | None,
    seat_limit: int,
    connection_limit: int,
    history_months: int,
) -> None:
    """What a workspace may do from now on; `ends_at` (UTC) is when syncs stop, None where the plan goes on by itself.

    Quiet where nothing differs. Whoever has more seats or connections than are allowed keeps them. Where syncs go on
    again, all that was put off is read soon.
    """
    with enter_workspace(workspace_id):
        workspace = Workspace.objects.select_for_update(no_key=True).get(pk=workspace_id)
        now = timezone.now()
        before, could_sync = _facts(workspace), may_sync(workspace, now)
        workspace.plan, workspace.plan_state, workspace.plan_ends_at = plan, state, ends_at
        workspace.seat_limit, workspace.connection_limit = seat_limit, connection_limit
        workspace.history_months = history_months
        after = _facts(workspace)
        if after == before:
            return
        workspace.save(update_fields=FIELDS)
        record(
            actor=actor,
            action="accounts.plan.changed",
            target=Target("workspace", workspace.pk),
            detail=changes(before, after),
        )
        if may_sync(workspace, now) and not could_sync:
            enqueue_after_commit(RESUME_SYNCS, workspace.pk)


def _facts(workspace: Workspace) -> dict[str, object]:
    ends_at = workspace.plan_ends_at
    facts = {name: getattr(workspace, name) for name in FIELDS}
    return {
        **facts,
        "plan": str(workspace.plan),
        "plan_state": str(workspace.plan_state),
        "plan_ends_at": ends_at.isoformat() if ends_at else "",
    }
