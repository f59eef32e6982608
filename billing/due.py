"""Finding what is due, as the scheduler, which sees ids, states and times in every workspace and nothing else."""

from collections.abc import Iterator
from uuid import UUID

from django.utils import timezone

from billing.actions.inbox import KEPT_FOR
from billing.models import Customer, EventState, StripeEvent
from vault.keyring import destroyed_workspace_ids


def find_due_events() -> Iterator[tuple[UUID, UUID]]:
    """Workspace and id of each event that waits and whose time has come."""
    events = StripeEvent.objects.using("scheduler").filter(state=EventState.RECEIVED, due_at__lte=timezone.now())
    destroyed = destroyed_workspace_ids()
    for workspace_id, event_id in events.values_list("workspace_id", "id"):
        if workspace_id not in destroyed:
            yield workspace_id, event_id


def find_customers() -> Iterator[UUID]:
    """The workspaces that have ever gone to pay."""
    destroyed = destroyed_workspace_ids()
    for workspace_id in Customer.objects.using("scheduler").values_list("workspace_id", flat=True):
        if workspace_id not in destroyed:
            yield workspace_id


def find_old_events() -> Iterator[UUID]:
    """The workspaces that keep events followed long ago."""
    old = StripeEvent.objects.using("scheduler").filter(state=EventState.HANDLED, due_at__lt=timezone.now() - KEPT_FOR)
    yield from old.values_list("workspace_id", flat=True).distinct()
