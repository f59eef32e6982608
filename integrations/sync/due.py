"""Finding what is due, as the scheduler, which sees ids, states and times in every workspace and nothing else.

This is the one way by which a run goes on whose worker died, whose task was lost or whose time has come.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils import timezone

from integrations.actions.receipts import KEPT_FOR
from integrations.models import (
    LINK_OPEN_STATES,
    OPEN_STATES,
    VISIT_OPEN_STATES,
    Alert,
    AlertState,
    Connection,
    GrantVisit,
    ItemRemoval,
    LinkSession,
    ReceiptState,
    RemovalState,
    SyncRun,
    WebhookReceipt,
)
from integrations.queues import (
    END_ITEM,
    FINISH_GRANT,
    FINISH_LINK,
    HANDLE_WEBHOOK,
    REQUEST_DUE_SYNC,
    RUN_SYNC,
    SEND_ALERT,
)
from vault.keyring import destroyed_workspace_ids


@dataclass(frozen=True, slots=True)
class DueWork:
    """A task to ask for, and the ids of its workspace and object."""

    task: str
    workspace_id: UUID
    object_id: UUID


def find_due() -> Iterator[DueWork]:
    """All that is due now, in every workspace that still has its key."""
    destroyed = destroyed_workspace_ids()
    yield from (due for due in _find_due() if due.workspace_id not in destroyed)


def _find_due() -> Iterator[DueWork]:
    yield from _due(RUN_SYNC, SyncRun, models.Q(state__in=OPEN_STATES))
    yield from _due(REQUEST_DUE_SYNC, Connection, models.Q(due_at__isnull=False))
    yield from _due(FINISH_LINK, LinkSession, models.Q(state__in=LINK_OPEN_STATES))
    yield from _due(FINISH_GRANT, GrantVisit, models.Q(state__in=VISIT_OPEN_STATES))
    yield from _due(HANDLE_WEBHOOK, WebhookReceipt, models.Q(state=ReceiptState.RECEIVED))
    yield from _due(END_ITEM, ItemRemoval, models.Q(state=RemovalState.DUE))
    yield from _due(SEND_ALERT, Alert, models.Q(state=AlertState.DUE))


def find_old_receipts() -> Iterator[UUID]:
    """The workspaces that keep webhooks handled long ago."""
    old = WebhookReceipt.objects.using("scheduler").filter(
        state=ReceiptState.HANDLED, due_at__lt=timezone.now() - KEPT_FOR
    )
    yield from old.values_list("workspace_id", flat=True).distinct()


def is_due(connection: Connection) -> bool:
    """Whether a connection's scheduled sync is due, and anything would come of it."""
    return not connection.is_disconnected and connection.due_at is not None and connection.due_at <= timezone.now()


def _due(task: str, model: type[models.Model], which: models.Q) -> Iterator[DueWork]:
    found = model._default_manager.using("scheduler").filter(which, due_at__lte=timezone.now())
    for workspace_id, object_id in found.values_list("workspace_id", "id"):
        yield DueWork(task, workspace_id, object_id)
