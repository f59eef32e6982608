"""What a visit to Zoho leads to: an organisation's books are connected, anew or in the place they had; and giving that up."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions.team_policy import begin_team_policy
from audit.log import Actor, Target, record
from integrations.actions.alerts import close_alerts
from integrations.actions.allowance import ConnectionsTaken, require_room
from integrations.actions.removals import request_revocation
from integrations.actions.syncs import sync_when_allowed
from integrations.actions.visits import close_visit, end_visit
from integrations.models import (
    Connection,
    GrantVisit,
    ItemFacts,
    ItemRemoval,
    OrganizationFacts,
    Trigger,
    VisitEnd,
    VisitState,
    ZohoGrant,
)
from integrations.problems import State
from vault.locks import lock_until_commit
from vault.tenancy import current_workspace_id


class NotOffered(ValueError):
    """The visit is not at a choice, or this organisation is not part of it."""

    def __init__(self) -> None:
        super().__init__("This organisation cannot be chosen any more. Start again.")


@transaction.atomic
def choose_organization(*, actor: Actor, visit_id: UUID, organization_id: str) -> None:
    """Connect the organisation that the person has chosen among those offered. Raises NotOffered."""
    _lock_connecting()
    visit = GrantVisit.objects.select_for_update().get(pk=visit_id)
    if visit.state != VisitState.CHOOSING or visit.offers is None or visit.expires_at <= timezone.now():
        raise NotOffered
    chosen = [one for one in visit.offers.organizations if one.organization_id == organization_id]
    if not chosen:
        raise NotOffered
    connect_organization(actor=actor, visit_id=visit_id, organization=chosen[0])


@transaction.atomic
def connect_organization(*, actor: Actor, visit_id: UUID, organization: OrganizationFacts) -> None:
    """Give a visit's tokens to the organisation's connection: the one it had, whatever became of it, else a new one.

    Its former tokens are to be revoked. Where the plan has no connection left, what was allowed is given back. Quiet when
    the visit has ended.
    """
    _lock_connecting()
    visit = GrantVisit.objects.select_for_update().get(pk=visit_id)
    if not visit.is_open or visit.refresh_token is None:
        return
    known = find_books(organization.organization_id)
    try:
        if known is None or known.is_disconnected:
            require_room()
    except ConnectionsTaken:
        end_visit(actor=actor, visit_id=visit.pk, state=VisitState.REFUSED, end=VisitEnd.NO_ROOM)
        return
    connection = _restore(actor, known, visit, organization) if known else _create(actor, visit, organization)
    _grant(visit, connection, organization)
    visit.connection = connection
    close_visit(visit, VisitState.CONNECTED)
    trigger = Trigger.PERSON if known else Trigger.FIRST
    sync_when_allowed(actor=actor, connection_id=connection.pk, trigger=trigger)


def find_books(organization_id: str) -> Connection | None:
    """The organisation's connection in the workspace in scope, locked."""
    of_books = Connection.objects.select_for_update(no_key=True).filter(provider=Connection.Provider.ZOHO)
    # In the order in which a bank that is linked at the same moment locks every connection.
    for connection in of_books.order_by("id"):
        if connection.facts.item_id == organization_id:
            return connection
    return None


@transaction.atomic
def give_up_grant(*, actor: Actor, connection: Connection, is_handed_on: bool = False) -> ItemRemoval | None:
    """Erase the tokens of a locked connection and write down what is to be revoked, by the asker or, `is_handed_on`, by
    the worker. None where nothing is. Not recorded by itself.
    """
    grant = ZohoGrant.objects.select_for_update().filter(connection=connection).first()
    if grant is None or grant.refresh_token is None:
        return None
    removal = request_revocation(
        actor=actor,
        token=grant.refresh_token,
        location=grant.location,
        connection_id=connection.pk,
        is_handed_on=is_handed_on,
    )
    grant.refresh_token = grant.access_token = None
    grant.access_expires_at = grant.refreshing_until = grant.denied_at = None
    grant.save()
    return removal


def _create(actor: Actor, visit: GrantVisit, organization: OrganizationFacts) -> Connection:
    connection = Connection.objects.create(
        provider=Connection.Provider.ZOHO, facts=_facts(organization), responsible_id=visit.user_id
    )
    record(
        actor=actor,
        action="integrations.connection.created",
        target=Target("connection", connection.pk),
        detail={"provider": connection.provider, "institution": organization.name},
    )
    begin_team_policy(actor=actor)
    return connection


def _restore(actor: Actor, connection: Connection, visit: GrantVisit, organization: OrganizationFacts) -> Connection:
    former = ZohoGrant.objects.filter(connection=connection).first()
    # Zoho gives a new token each time; should it give the same once, that one must live.
    if former is not None and former.refresh_token != visit.refresh_token:
        give_up_grant(actor=actor, connection=connection, is_handed_on=True)
    connection.facts = _facts(organization)
    connection.state, connection.problem, connection.failures = State.CONNECTED, "", 0
    connection.disconnected_at, connection.restored_at = None, timezone.now()
    connection.generation += 1
    connection.responsible_id = visit.user_id
    connection.save()
    close_alerts(actor=actor, connection=connection)
    record(
        actor=actor,
        action="integrations.connection.reconnected",
        target=Target("connection", connection.pk),
        detail={"generation": connection.generation},
    )
    return connection


def _grant(visit: GrantVisit, connection: Connection, organization: OrganizationFacts) -> None:
    grant = ZohoGrant.objects.select_for_update().filter(connection=connection).first()
    grant = grant or ZohoGrant(connection=connection)
    grant.location, grant.organization, grant.scopes = visit.location, organization, visit.scopes
    grant.refresh_token, grant.access_token = visit.refresh_token, visit.access_token
    grant.access_expires_at, grant.granted_at = visit.access_expires_at, timezone.now()
    grant.refreshing_until = grant.denied_at = None
    grant.save()


def _facts(organization: OrganizationFacts) -> ItemFacts:
    return ItemFacts(item_id=organization.organization_id, institution=organization.name)


def _lock_connecting() -> None:
    # Two visits that end at the same moment must see each other. Taken before any row's lock, and by nobody else.
    lock_until_commit(f"books:{current_workspace_id()}")
