"""A company with its books: granted at the sandbox as a person does, synced by tasks taken from the real queue in-process."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs
from wsgiref.util import setup_testing_defaults

from django.utils import timezone

from accounts.access import workspace_scope
from integrations.actions import request_sync
from integrations.models import (
    BooksList,
    Connection,
    ItemFacts,
    OrganizationFacts,
    ResourceState,
    SyncRun,
    Trigger,
    ZohoGrant,
)
from integrations.providers.secret import Secret
from ledger.models import Posting
from tests.integrations.linked import TaskQueue, assert_synced
from tests.integrations.sandbox.zoho_reader import BULK, CEDARLINE, EUROPE, READ, Reader, read
from tests.integrations.support import CREDENTIALS, Sandbox
from tests.support.people import Persona

BASE = {CEDARLINE: "USD", EUROPE: "EUR", BULK: "USD"}


@dataclass
class Company:
    """A connection to an organisation's books, and somebody who reads the same past the product."""

    persona: Persona
    sandbox: Sandbox
    queue: TaskQueue
    connection: Connection
    reader: Reader

    def sync(self) -> SyncRun:
        """Ask for a sync as a person does, work it off, and show how it ended."""
        self.ask()
        self.queue.work()
        return self.last_run()

    def sync_well(self) -> SyncRun:
        self.sync()
        return assert_synced(self.persona, self.connection)

    def ask(self, trigger: Trigger = Trigger.PERSON) -> None:
        with workspace_scope(self.persona.workspace.pk):
            request_sync(actor=self.persona.actor, connection_id=self.connection.pk, trigger=trigger)

    def last_run(self) -> SyncRun:
        with workspace_scope(self.persona.workspace.pk):
            return SyncRun.objects.filter(connection=self.connection).latest("created_at")

    def state(self, name: BooksList) -> ResourceState:
        with workspace_scope(self.persona.workspace.pk):
            return ResourceState.objects.get(connection=self.connection, resource=name)

    def make_due(self, *names: BooksList) -> None:
        """As much time passes as makes these lists, or all, due to be read as a whole."""
        with workspace_scope(self.persona.workspace.pk):
            states = ResourceState.objects.filter(connection=self.connection, resource__in=names or BooksList.values)
            states.update(swept_at=timezone.now() - timedelta(days=8))

    @contextmanager
    def inside(self) -> Iterator[Connection]:
        with workspace_scope(self.persona.workspace.pk):
            yield Connection.objects.get(pk=self.connection.pk)


def connect_books(
    persona: Persona, sandbox: Sandbox, queue: TaskQueue, organization_id: str = EUROPE, *, scope: str = READ
) -> Company:
    """Books that were granted and not read yet."""
    reader = read(sandbox, organization_id, scope, person=f"{persona.user.pk}")
    with workspace_scope(persona.workspace.pk):
        connection = Connection.objects.create(
            provider=Connection.Provider.ZOHO, facts=ItemFacts(organization_id, "The company's books")
        )
        ZohoGrant.objects.create(
            connection=connection,
            location="us",
            organization=OrganizationFacts(organization_id, "The company's books", BASE[organization_id]),
            scopes=scope.replace(",", " "),
            refresh_token=Secret(reader.refresh_token),
            granted_at=timezone.now(),
        )
    return Company(persona, sandbox, queue, connection, reader)


Balances = dict[tuple[str, str], tuple[int, int]]


def told_balances(company: Company) -> Balances:
    """The sandbox's trial balance by account and currency: (document currency, base currency), in minor units."""
    return {
        (one["account_id"], one["currency"]): (one["minor"], one["base_minor"])
        for one in company.reader.balances()
        if one["minor"] or one["base_minor"]
    }


def kept_balances(company: Company) -> Balances:
    """The same, from the ledger's postings."""
    found: Balances = {}
    with company.inside() as connection:
        live = Posting.objects.filter(connection_id=connection.pk, deleted_at=None).select_related("account")
        for row in live:
            key = (row.account.provider_id, row.currency)
            minor, base = found.get(key, (0, 0))
            assert row.feed.base_minor is not None
            found[key] = (minor + row.feed.minor, base + row.feed.base_minor)
    return {key: sums for key, sums in found.items() if any(sums)}


def assert_same_books(company: Company) -> None:
    assert kept_balances(company) == told_balances(company)


@dataclass
class Seen:
    """What reached the sandbox: method, path and parameters of each call."""

    calls: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)

    def paths(self, method: str = "GET") -> list[str]:
        return [path for how, path, _ in self.calls if how == method]

    def data(self) -> list[tuple[str, str, dict[str, list[str]]]]:
        return [call for call in self.calls if call[1].startswith("/zoho/books/")]

    def asked(self, path: str) -> list[dict[str, str]]:
        """The parameters of each call to a list."""
        return [
            {name: values[0] for name, values in query.items()}
            for _, at, query in self.calls
            if at == f"/zoho/books/v3{path}"
        ]


def _control(application: Any, path: str, **order: object) -> None:
    body = json.dumps(order).encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json",
        "wsgi.input": BytesIO(body),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in CREDENTIALS.items()},
    }
    setup_testing_defaults(environ)
    statuses: list[str] = []
    b"".join(application(environ, lambda status, headers: statuses.append(status)))
    assert statuses == ["200 OK"]


@contextmanager
def watching(sandbox: Sandbox, before: Any = None) -> Iterator[Seen]:
    """Everything that is sent to the sandbox. `before` is called with the number and path of each call of data, and a way to
    the sandbox's control: a server that serves one call after the other cannot call itself.
    """
    own = sandbox._server._server.get_app()
    assert own is not None
    seen = Seen()

    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        seen.calls.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], parse_qs(environ["QUERY_STRING"])))
        if before is not None and environ["PATH_INFO"].startswith("/zoho/books/"):
            before(len(seen.data()), environ["PATH_INFO"], partial(_control, own))
        return own(environ, start_response)

    sandbox._server.use(application)
    try:
        yield seen
    finally:
        sandbox._server.use(own)
