"""What somebody could do to the record who has the database and not the keys: no trigger, no policy and no grant in the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from django.db import transaction

from audit.log import record
from audit.models import Event
from tests.support.environment import Workplace
from tests.support.people import Persona
from vault.tenancy import enter_workspace


@contextmanager
def inside(workspace_id: UUID) -> Iterator[None]:
    with transaction.atomic(), enter_workspace(workspace_id):
        yield


def do_things(person: Persona, count: int = 5) -> list[Event]:
    """Record some events in the person's workspace."""
    with inside(person.workspace.pk):
        return [record(actor=person.actor, action="tests.thing.done", detail={"n": n}) for n in range(count)]


def tamper(workplace: Workplace, *statements: str | tuple[str, list[object]]) -> None:
    """Run statements as the server's administrator; each must touch something."""
    with psycopg.connect(workplace.servers.postgres.admin_url_of(workplace.database)) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for statement in statements:
            text, parameters = (statement, []) if isinstance(statement, str) else statement
            assert superuser.execute(text.encode(), parameters).rowcount > 0
