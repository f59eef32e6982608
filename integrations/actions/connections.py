"""Ending a connection, and noting what a bank tells about it."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from integrations.actions.alerts import close_alerts, request_alerts
from integrations.actions.grants import give_up_grant
from integrations.actions.removals import request_removal
from integrations.models import OPEN_STATES, AlertKind, Connection, ItemRemoval, RunState, StagedPage, SyncRun
from integrations.problems import Problem, State
from ledger.actions.accounts import save_accounts
from vault.routing import remove_route

ITEM_ROUTE = "plaid_item"

# A warning that was on its way when a person signed in again, and came late, is of before.
LATE_NEWS = timedelta(hours=1)


@transaction.atomic
def disconnect(*, actor: Actor, connection_id: UUID) -> ItemRemoval | None:
    """Use the access no more and have the provider end it: what is to be ended there is returned, None the second time.

    Rows stay; the accounts are closed, since nobody knows their balances any more.

    Raises Connection.DoesNotExist.
    """
    connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
    if connection.is_disconnected:
        return None
    removal = give_up_item(actor=actor, connection=connection)
    save_accounts(actor=actor, connection_id=connection.pk, accounts=[], complete=True)
    connection.access_token = connection.cursor = None
    connection.state, connection.problem = State.DISCONNECTED, Problem.DISCONNECTED
    connection.due_at, connection.disconnected_at = None, timezone.now()
    connection.has_new_accounts = connection.is_ending = False
    connection.save()
    record(actor=actor, action="integrations.connection.disconnected", target=Target("connection", connection.pk))
    return removal


@transaction.atomic
def give_up_item(*, actor: Actor, connection: Connection) -> ItemRemoval | None:
    """End a locked connection's run, find its item's news no more, and write its token down to be ended."""
    _end_open_run(connection)
    close_alerts(actor=actor, connection=connection)
    if connection.is_books:
        return give_up_grant(actor=actor, connection=connection)
    if connection.access_token is None:
        return None
    remove_route(kind=ITEM_ROUTE, key=connection.facts.item_id)
    return request_removal(actor=actor, access_token=connection.access_token, connection_id=connection.pk)


@transaction.atomic
def note_ending(*, actor: Actor, connection_id: UUID) -> None:
    """The bank will end the access soon, and a new sign-in keeps it."""
    connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
    if connection.is_disconnected or connection.is_ending or _is_of_before(connection):
        return
    connection.is_ending = True
    connection.save(update_fields=["is_ending"])
    # Who has been told that nothing comes in until somebody signs in need not hear of this too.
    if connection.state not in (State.NEEDS_REAUTH, State.REVOKED):
        request_alerts(actor=actor, connection=connection, kind=AlertKind.ENDING)
    record(actor=actor, action="integrations.connection.ending_noted", target=Target("connection", connection.pk))


@transaction.atomic
def note_new_accounts(*, actor: Actor, connection_id: UUID) -> None:
    """The bank has accounts that nobody was asked about: a person may choose among them."""
    connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
    if connection.is_disconnected or connection.has_new_accounts or _is_of_before(connection):
        return
    connection.has_new_accounts = True
    connection.save(update_fields=["has_new_accounts"])
    record(actor=actor, action="integrations.connection.new_accounts_noted", target=Target("connection", connection.pk))


def _is_of_before(connection: Connection) -> bool:
    return connection.restored_at is not None and timezone.now() - connection.restored_at < LATE_NEWS


def _end_open_run(connection: Connection) -> None:
    run = SyncRun.objects.select_for_update().filter(connection=connection, state__in=OPEN_STATES).first()
    if run is None:
        return
    StagedPage.objects.filter(run=run).delete()
    run.state, run.problem = RunState.FAILED, Problem.DISCONNECTED
    run.due_at, run.finished_at, run.again = None, timezone.now(), False
    run.save()
