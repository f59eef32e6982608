"""A company with a bank: linked through the product's own pages, synced by tasks taken from the real queue in-process."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from queue import Empty
from typing import Any
from uuid import UUID

import requests
from celery import current_app
from django.urls import reverse

from accounts.access import workspace_scope
from integrations.models import Connection, RunState, SyncRun
from integrations.queues import SWEEP
from ledger.models import Account, Transaction
from tests.integrations.support import FIRST_HARBOR, Sandbox
from tests.support.people import Persona

Month = tuple[str, date]


@dataclass(frozen=True, slots=True)
class TaskQueue:
    """The queue of one test. Tasks run here, as a worker would run them, with what travelled through the broker."""

    name: str
    done: list[tuple[str, list[str]]] = field(default_factory=list)

    def work(self, most: int = 100) -> list[str]:
        """Run what waits, and what that asks for; the names of the tasks, in order."""
        names: list[str] = []
        while len(names) < most and (task := self._take()):
            name, arguments = task
            names.append(name)
            self.done.append(task)
            current_app.tasks[name](*arguments)
        return names

    def sweep(self, persona: Persona) -> list[str]:
        """What the clock does, for one workspace: earlier tests have left work of their own behind."""
        self.run(SWEEP)
        due = [(name, ids) for name, ids in self.discard() if ids[0] == str(persona.workspace.pk)]
        for name, ids in due:
            self.run(name, *ids)
        return [name for name, _ in due]

    def run(self, name: str, *arguments: str) -> None:
        """Run one task that nobody asked for, such as what the clock would."""
        current_app.tasks[name](*arguments)

    def discard(self) -> list[tuple[str, list[str]]]:
        """Lose what waits, as a broker that is restarted would."""
        lost = []
        while task := self._take():
            lost.append(task)
        return lost

    def headers(self) -> list[dict[str, Any]]:
        """What the broker is told of each task that waits, which is lost."""
        found = []
        while message := self._get():
            found.append(dict(message.headers))
        return found

    def _take(self) -> tuple[str, list[str]] | None:
        message = self._get()
        return (message.headers["task"], message.payload[0]) if message is not None else None

    def _get(self) -> Any:
        with current_app.connection_for_read() as broker, broker.SimpleQueue(self.name) as queue:
            try:
                message = queue.get(block=False)
            except Empty:
                return None
            message.ack()
            return message


def linked_page(
    persona: Persona,
    bank: Sandbox,
    institution: str = FIRST_HARBOR,
    *,
    decision: str = "allow",
    accounts: tuple[str, ...] = ("all",),
) -> str:
    """Go through the bank's hosted page; the path of the page that the person comes back to."""
    start = persona.client.post(page_of(persona, "create_link"))
    assert start.status_code == 302, start.content
    assert start["Location"].startswith(bank.url)
    return consent(start["Location"], institution, decision=decision, accounts=accounts)


def consent(
    hosted_page: str, institution: str, *, decision: str = "allow", accounts: tuple[str, ...] = ("all",)
) -> str:
    """What the person does on the hosted page; the path of the page that they come back to."""
    form = {"institution_id": institution, "account_ids": accounts, "decision": decision}
    back = requests.post(f"{hosted_page}/consent", data=form, timeout=60, allow_redirects=False)
    assert back.status_code == 303
    return back.headers["Location"].removeprefix("http://testserver")


def link_bank(
    persona: Persona,
    bank: Sandbox,
    queue: TaskQueue,
    institution: str = FIRST_HARBOR,
    *,
    accounts: tuple[str, ...] = ("all",),
) -> Connection:
    """A bank that is linked and has had its first sync."""
    path = linked_page(persona, bank, institution, accounts=accounts)
    assert persona.client.get(path).status_code == 200
    queue.work()
    return newest_connection(persona)


def page_of(persona: Persona, name: str, **parts: object) -> str:
    return reverse(f"integrations:{name}", kwargs={"slug": persona.workspace.slug, **parts})


def newest_connection(persona: Persona) -> Connection:
    with workspace_scope(persona.workspace.pk):
        return Connection.objects.latest("created_at")


@contextmanager
def opened(persona: Persona, connection: Connection) -> Iterator[Connection]:
    """The connection as it is now, in its workspace's scope."""
    with workspace_scope(persona.workspace.pk):
        yield Connection.objects.get(pk=connection.pk)


def runs_of(persona: Persona, connection: Connection) -> list[SyncRun]:
    with workspace_scope(persona.workspace.pk):
        return list(SyncRun.objects.filter(connection=connection).order_by("created_at"))


def last_run(persona: Persona, connection: Connection) -> SyncRun:
    return runs_of(persona, connection)[-1]


def assert_synced(persona: Persona, connection: Connection) -> SyncRun:
    run = last_run(persona, connection)
    assert run.state == RunState.SUCCEEDED, (run.state, run.problem, run.problem_code)
    return run


def reconnect(persona: Persona, bank: Sandbox, queue: TaskQueue, connection: Connection) -> None:
    """What the page's button offers for a login that was lost: the bank's page, and back."""
    start = persona.client.post(page_of(persona, "create_repair", connection_id=connection.pk))
    persona.client.get(consent(start["Location"], ""))
    queue.work()


def ledger_months(workspace_id: UUID, connection: Connection) -> dict[Month, tuple[int, int]]:
    """Count and sum of the ledger's live rows by the bank's account id and month."""
    found: dict[Month, tuple[int, int]] = defaultdict(lambda: (0, 0))
    with workspace_scope(workspace_id):
        ids = dict(Account.objects.filter(connection_id=connection.pk).values_list("id", "provider_id"))
        for row in Transaction.objects.filter(connection_id=connection.pk, deleted_at=None):
            key = ids[row.account_id], row.date.replace(day=1)
            found[key] = (found[key][0] + 1, found[key][1] + row.feed.minor)
    return dict(found)
