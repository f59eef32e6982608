"""Who answers for a connection: whoever signed in at the bank or the books last, until they go."""

from uuid import UUID

from django.db import transaction

from audit.log import Actor, Target, changes, record
from integrations.actions.links import end_link_session
from integrations.actions.visits import end_visit
from integrations.models import (
    LINK_OPEN_STATES,
    VISIT_OPEN_STATES,
    Connection,
    GrantVisit,
    LinkSession,
    LinkState,
    VisitState,
)


@transaction.atomic
def hand_over_connections(*, actor: Actor, leaving: UUID, heir: UUID | None) -> int:
    """Give somebody's connections in the workspace in scope to another, and end the visits that they had begun.

    How many there were. With no heir they stay. The access goes on: it is the company's, and the bank granted it.
    """
    _end_visits(actor, leaving)
    if heir is None:
        return 0
    found = Connection.objects.select_for_update(no_key=True).filter(responsible_id=leaving).order_by("id")
    for connection in found:
        connection.responsible_id = heir
        connection.save(update_fields=["responsible_id"])
        record(
            actor=actor,
            action="integrations.connection.handed_over",
            target=Target("connection", connection.pk),
            detail=changes({"responsible": str(leaving)}, {"responsible": str(heir)}),
        )
    return len(found)


def _end_visits(actor: Actor, user_id: UUID) -> None:
    open_links = LinkSession.objects.filter(user_id=user_id, state__in=(LinkState.STARTING, *LINK_OPEN_STATES))
    for session_id in open_links.values_list("pk", flat=True):
        end_link_session(actor=actor, session_id=session_id, state=LinkState.LEFT)
    open_grants = GrantVisit.objects.filter(user_id=user_id, state__in=VISIT_OPEN_STATES)
    for visit_id in open_grants.values_list("pk", flat=True):
        end_visit(actor=actor, visit_id=visit_id, state=VisitState.LEFT)
