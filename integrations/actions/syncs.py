"""Asking for a sync, which the plan must allow."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from config.enqueueing import enqueue_after_commit
from integrations.actions.allowance import SyncsPaused, require_syncing
from integrations.models import OPEN_STATES, Connection, RunState, SyncRun, Trigger
from integrations.problems import Problem, State
from integrations.queues import RUN_SYNC
from integrations.timing import INTERVAL, QUEUE_GRACE
from vault.tenancy import current_workspace_id


class NotConnected(ValueError):
    """The bank gives no access any more."""

    def __init__(self) -> None:
        super().__init__("This bank is no longer connected. Connect it again to bring in what is new.")


class AskedToWait(ValueError):
    """The provider wants a pause, and a person cannot shorten it."""

    def __init__(self) -> None:
        super().__init__("The bank wants a pause before it is asked again. The sync goes on by itself.")


@transaction.atomic
def request_sync(*, actor: Actor, connection_id: UUID, trigger: Trigger) -> SyncRun:
    """The run that will bring the connection up to date: a new one, or the open one, which is told to go again.

    Raises Connection.DoesNotExist, NotConnected, SyncsPaused, AskedToWait.
    """
    connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
    if connection.state in {State.DISCONNECTED, State.REVOKED}:
        raise NotConnected
    require_syncing()
    run = SyncRun.objects.select_for_update().filter(connection=connection, state__in=OPEN_STATES).first()
    if run is None:
        return open_run(actor=actor, connection=connection, trigger=trigger)
    if trigger == Trigger.PERSON and run.state == RunState.WAITING and run.problem == Problem.RATE_LIMITED:
        raise AskedToWait
    _put_off(connection)
    if trigger != Trigger.SCHEDULE:
        _ask_again(run, trigger)
        _record(actor, run, trigger, joined=True)
    return run


@transaction.atomic
def sync_when_allowed(*, actor: Actor, connection_id: UUID, trigger: Trigger) -> None:
    """The same for whoever waits for no answer: where the provider wants a pause it goes on by itself, and where the plan
    pauses syncs the connection is looked at again later, which is no failure of its own.

    Raises Connection.DoesNotExist, NotConnected.
    """
    try:
        request_sync(actor=actor, connection_id=connection_id, trigger=trigger)
    except AskedToWait:
        return
    except SyncsPaused:
        _put_off(Connection.objects.select_for_update(no_key=True).get(pk=connection_id))


@transaction.atomic
def open_run(*, actor: Actor, connection: Connection, trigger: Trigger) -> SyncRun:
    """A new run of a connection that is locked and has none open."""
    now = timezone.now()
    run = SyncRun.objects.create(connection=connection, trigger=trigger, created_at=now, due_at=now + QUEUE_GRACE)
    _put_off(connection)
    _record(actor, run, trigger, joined=False)
    enqueue_after_commit(RUN_SYNC, current_workspace_id(), run.pk)
    return run


def _put_off(connection: Connection) -> None:
    # While a run is open the clock asks for no other; its end sets the time anew.
    connection.due_at = timezone.now() + INTERVAL
    connection.save(update_fields=["due_at"])


def _ask_again(run: SyncRun, trigger: Trigger) -> None:
    is_waiting = run.state == RunState.WAITING
    # A run that waits reads all there is when it goes on, unless it has only to write, or goes on amid what it has read.
    run.again = not is_waiting or run.is_whole or run.problem == Problem.RATE_LIMITED
    # A person may hurry it, and news that the data are ready. News in a bank's trouble must not: it may come in heaps.
    if is_waiting and (trigger == Trigger.PERSON or run.problem == Problem.NOT_READY):
        run.due_at = timezone.now()
        enqueue_after_commit(RUN_SYNC, current_workspace_id(), run.pk)
    run.save(update_fields=["due_at", "again"])


def _record(actor: Actor, run: SyncRun, trigger: Trigger, *, joined: bool) -> None:
    record(
        actor=actor,
        action="integrations.sync.requested",
        target=Target("connection", run.connection_id),
        detail={"run": str(run.pk), "trigger": trigger.value, "joined": joined},
    )
