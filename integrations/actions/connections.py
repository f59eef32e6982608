"""Ending a connection, and noting that a bank will end it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from integrations.actions.links import ITEM_ROUTE
from integrations.models import OPEN_STATES, Connection, RunState, StagedPage, SyncRun
from integrations.problems import Problem, State
from ledger.actions.accounts import save_accounts
from vault.routing import remove_route


@transaction.atomic
def disconnect(*, actor: Actor, connection_id: UUID) -> None:
    """Erase the access token, which the provider has ended already. Quiet the second time.

    Rows stay; the accounts are closed, since nobody knows their balances any more.

    Raises Connection.DoesNotExist.
    """
    connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
    if connection.is_disconnected:
        return
    _end_open_run(connection)
    remove_route(kind=ITEM_ROUTE, key=connection.facts.item_id)
    save_accounts(actor=actor, connection_id=connection.pk, accounts=[], complete=True)
    connection.access_token = connection.cursor = None
    connection.state, connection.problem = State.DISCONNECTED, Problem.DISCONNECTED
    connection.due_at, connection.disconnected_at = None, timezone.now()
    connection.save()
    record(actor=actor, action="integrations.connection.disconnected", target=Target("connection", connection.pk))


@transaction.atomic
def note_ending(*, actor: Actor, connection_id: UUID) -> None:
    """The bank will end the access soon, and a new sign-in keeps it."""
    connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
    if connection.state == State.CONNECTED and connection.problem != Problem.ENDING:
        connection.problem = Problem.ENDING
        connection.save(update_fields=["problem"])
        record(actor=actor, action="integrations.connection.ending_noted", target=Target("connection", connection.pk))


def _end_open_run(connection: Connection) -> None:
    run = SyncRun.objects.select_for_update().filter(connection=connection, state__in=OPEN_STATES).first()
    if run is None:
        return
    StagedPage.objects.filter(run=run).delete()
    run.state, run.problem = RunState.FAILED, Problem.DISCONNECTED
    run.due_at, run.finished_at, run.again = None, timezone.now(), False
    run.save()
