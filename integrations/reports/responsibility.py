"""Which connections people answer for."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from integrations.models import Connection
from integrations.problems import State


def list_connections_of(people: Iterable[UUID]) -> dict[UUID, list[str]]:
    """The names of the banks and books that each of these people answers for, in the workspace in scope."""
    found: dict[UUID, list[str]] = defaultdict(list)
    connections = Connection.objects.filter(responsible_id__in=people).exclude(state=State.DISCONNECTED)
    for connection in connections.order_by("created_at", "id"):
        if connection.responsible_id is not None:
            found[connection.responsible_id].append(connection.facts.institution)
    return dict(found)
