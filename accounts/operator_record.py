"""What operators look at, written once a minute for each operator, route and log: a page that polls must not fill one."""

from uuid import UUID

from django.db import connection

from accounts.operators import Visit
from audit.log import Actor, Target, record
from config.noting import note_after_commit, was_noted
from vault.tenancy import SITE_ID, current_workspace_id, enter_workspace

WINDOW_SECONDS = 60


def record_operating(actor: Actor, route: str) -> None:
    """An operator has opened one of the operators' own pages: into the site's log. Outside any scope."""
    with enter_workspace(SITE_ID):
        _record_once(actor, "accounts.operator.looked", None, {"route": route})


def record_entry(actor: Actor, visit: Visit, route: str) -> None:
    """An operator is at the door of a workspace: into the site's log. Outside any scope."""
    with enter_workspace(SITE_ID):
        target = Target("workspace", visit.workspace.pk)
        _record_once(actor, "accounts.operator.entered", target, {"route": route, "grant": str(visit.grant.pk)})


def record_reading(actor: Actor, visit: Visit, route: str) -> None:
    """An operator reads a page of the workspace in scope: into its own log."""
    target = Target("operator_grant", visit.grant.pk)
    _record_once(actor, "accounts.operator_grant.read", target, {"route": route})


def write_nothing_more() -> None:
    """Let the rest of this transaction only read: what an operator looks at is changed by no page, whatever it tries."""
    with connection.cursor() as cursor:
        # What was recorded is held to its foreign keys now: checking them at the end would count as writing.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET TRANSACTION READ ONLY")


def _record_once(actor: Actor, action: str, target: Target | None, detail: dict[str, object]) -> None:
    subject: UUID | None = target.id if target else None
    key = f"operator:{current_workspace_id()}:{actor.user_id}:{action}:{subject}:{detail['route']}"
    if was_noted(key):
        return
    record(actor=actor, action=action, target=target, detail=detail)
    note_after_commit(key, WINDOW_SECONDS)
