"""What the workspace's plan allows of its connections: how many there may be, and whether anything new is read."""

from django.db import transaction
from django.utils import timezone

from accounts.entitlements import connections_left, may_sync, say_why_paused
from accounts.models import Workspace
from audit.log import Actor, record
from integrations.models import Connection
from integrations.problems import State
from vault.locks import lock_until_commit
from vault.tenancy import current_workspace_id


class ConnectionsTaken(ValueError):
    """The plan has no connection left."""

    def __init__(self, limit: int) -> None:
        connections = "the one connection" if limit == 1 else f"all {limit} connections"
        super().__init__(
            f"The plan has no connection left: {connections} that it allows are in use. An Owner or Admin can choose a "
            "larger plan under Settings › Billing; or disconnect a bank or books first."
        )


class SyncsPaused(ValueError):
    """The plan has ended, is unpaid or paused: nothing new is read."""


def require_syncing() -> None:
    """Raises SyncsPaused, with the reason and the way out."""
    workspace, now = Workspace.objects.get(pk=current_workspace_id()), timezone.now()
    if not may_sync(workspace, now):
        raise SyncsPaused(say_why_paused(workspace, now))


def require_room() -> None:
    """Raises ConnectionsTaken where as many banks and books are connected as the plan allows. Until this transaction ends
    nobody else can take the place that is left.
    """
    lock_until_commit(f"room:{current_workspace_id()}")
    workspace = Workspace.objects.get(pk=current_workspace_id())
    connected = Connection.objects.exclude(state=State.DISCONNECTED).count()
    if not connections_left(workspace, connected=connected):
        raise ConnectionsTaken(workspace.connection_limit)


def require_place() -> None:
    """For whoever is about to connect something new. Raises SyncsPaused, ConnectionsTaken."""
    require_syncing()
    require_room()


@transaction.atomic
def resume_syncs(*, actor: Actor) -> None:
    """The plan allows syncs again: what was put off is due now. Connections in trouble keep to their own waits."""
    count = Connection.objects.filter(due_at__isnull=False, failures=0).update(due_at=timezone.now())
    if count:
        record(actor=actor, action="integrations.syncs.resumed", detail={"connections": count})
