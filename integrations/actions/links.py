"""A person's visit to a bank's page, from the start until what came of it is known. What it leads to: outcomes.py."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from audit.models import Event
from config.enqueueing import enqueue_after_commit
from integrations.actions.alerts import close_alerts
from integrations.actions.removals import request_removal
from integrations.actions.syncs import sync_when_allowed
from integrations.models import Connection, ItemFacts, LinkSession, LinkState, Trigger
from integrations.problems import State
from integrations.providers.plaid_messages import Exchange
from integrations.providers.secret import Secret
from integrations.queues import FINISH_LINK
from integrations.reports.connections import read_item_ids
from integrations.timing import CLAIM
from vault.routing import add_route, remove_route
from vault.tenancy import current_workspace_id

LINK_ROUTE = "plaid_link"

# A person who waits asks again soon; for one who went away the sweeper asks now and then.
ASK_AGAIN = timedelta(seconds=4)
LOOK_AGAIN = timedelta(minutes=2)
# For a visit that began without a page, such as a sample company's.
TO_CONCLUDE = timedelta(minutes=30)


@transaction.atomic
def create_link_session(*, actor: Actor, user_id: UUID, connection_id: UUID | None = None) -> LinkSession:
    """A person's visit to a bank's page, about to start; with a connection it is to sign in there again."""
    session = LinkSession.objects.create(
        user_id=user_id, connection_id=connection_id, is_repair=connection_id is not None
    )
    record(
        actor=actor,
        action="integrations.link.requested",
        target=Target("link_session", session.pk),
        detail={"connection": str(connection_id) if connection_id else None},
    )
    return session


@transaction.atomic
def open_link_session(*, actor: Actor, session_id: UUID, link_token: Secret, expires_at: datetime) -> None:
    """The provider has given a link token: what comes of it is asked for until `expires_at`."""
    session = LinkSession.objects.select_for_update().get(pk=session_id)
    session.link_token, session.expires_at = link_token, expires_at
    session.state, session.due_at = LinkState.OPEN, timezone.now() + LOOK_AGAIN
    session.save()
    add_route(kind=LINK_ROUTE, key=link_token.reveal(), object_id=session.pk)
    record(actor=actor, action="integrations.link.started", target=Target("link_session", session.pk))


@transaction.atomic
def request_finish(*, actor: Actor, session_id: UUID, at_once: bool = False) -> LinkSession:
    """Have the worker ask what came of a visit; `at_once` even if it did so seconds ago. Asks nothing of one that ended.

    Not recorded: looking changes nothing, and what is found is. Raises LinkSession.DoesNotExist.
    """
    session = LinkSession.objects.select_for_update().get(pk=session_id)
    now = timezone.now()
    was_just_asked = session.due_at is not None and now < session.due_at <= now + ASK_AGAIN
    if session.state == LinkState.OPEN and (at_once or not was_just_asked):
        session.due_at = now + ASK_AGAIN
        session.save(update_fields=["due_at"])
        enqueue_after_commit(FINISH_LINK, current_workspace_id(), session.pk)
    return session


@transaction.atomic
def keep_exchange(*, actor: Actor, session_id: UUID, exchange: Exchange, facts: ItemFacts) -> None:
    """Write down what a public token was just traded for, before anything else can go wrong: it is traded once.

    When the visit has ended meanwhile, the access is to be ended instead.
    """
    session = LinkSession.objects.select_for_update().get(pk=session_id)
    if not session.is_open and session.state != LinkState.STARTING:
        _end_unused(actor, exchange.access_token, facts)
        return
    now = timezone.now()
    session.access_token, session.facts = exchange.access_token, facts
    session.state, session.due_at = LinkState.FINISHING, now + CLAIM
    session.expires_at = session.expires_at or now + TO_CONCLUDE
    session.save()
    record(actor=actor, action="integrations.link.exchanged", target=Target("link_session", session.pk))


@transaction.atomic
def restore_connection(*, actor: Actor, session_id: UUID) -> None:
    """The person has signed in at the bank again: the connection works, and what was missed is synced. Quiet when the visit
    has ended.
    """
    session = LinkSession.objects.select_for_update().get(pk=session_id)
    if not session.is_open:
        return
    found = Connection.objects.select_for_update(no_key=True)
    connection = found.get(pk=session.connection_id) if session.connection_id else None
    close_visit(session, LinkState.LINKED)
    if connection is None or connection.is_disconnected:
        return
    connection.state, connection.problem, connection.failures = State.CONNECTED, "", 0
    connection.restored_at = timezone.now()
    connection.has_new_accounts = connection.is_ending = False
    connection.responsible_id = session.user_id
    changed = ["state", "problem", "failures", "restored_at", "has_new_accounts", "is_ending", "responsible_id"]
    connection.save(update_fields=changed)
    close_alerts(actor=actor, connection=connection)
    record(actor=actor, action="integrations.connection.restored", target=Target("connection", connection.pk))
    sync_when_allowed(actor=actor, connection_id=connection.pk, trigger=Trigger.PERSON)


@transaction.atomic
def end_link_session(*, actor: Actor, session_id: UUID, state: LinkState) -> None:
    """Close a visit that nothing came of: left, expired or failed. Access that it was given is ended. Quiet when it has
    ended before.
    """
    session = LinkSession.objects.select_for_update().get(pk=session_id)
    if session.state != LinkState.STARTING and not session.is_open:
        return
    if session.access_token is not None and session.facts is not None:
        _end_unused(actor, session.access_token, session.facts)
    close_visit(session, state)
    record(
        actor=actor,
        action="integrations.link.ended",
        target=Target("link_session", session.pk),
        detail={"state": state.value},
        outcome=Event.Outcome.FAILED,
    )


def _end_unused(actor: Actor, access_token: Secret, facts: ItemFacts) -> None:
    if facts.item_id not in read_item_ids():
        request_removal(actor=actor, access_token=access_token, connection_id=None)


def close_visit(session: LinkSession, state: LinkState) -> None:
    """End a locked visit: its tokens are erased, and news about it finds nobody."""
    if session.link_token is not None:
        remove_route(kind=LINK_ROUTE, key=session.link_token.reveal())
    session.state, session.due_at = state, None
    session.link_token = session.access_token = session.facts = None
    session.save()
