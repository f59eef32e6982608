"""A real worker on a broker of its own that is killed, process group and all, and followed by another."""

import os
import signal
import time
from dataclasses import dataclass, field
from secrets import token_hex
from uuid import UUID

from celery import current_app

from accounts.access import workspace_scope
from config.demo import programs
from config.demo.children import Child
from integrations.actions import request_sync
from integrations.models import Connection, ItemFacts, SyncRun, Trigger
from integrations.providers.secret import Secret
from integrations.queues import RUN_SYNC
from tests.integrations.faults import expire_lease
from tests.support.environment import Workplace
from tests.support.people import Persona, make_owner
from tests.support.waiting import wait_until

# Named, because meanwhile the test's own tasks go to a queue that nobody listens to.
QUEUE = "celery"


@dataclass(frozen=True, slots=True)
class Company:
    """A company whose bank is linked and whose first sync has been asked for."""

    owner: Persona
    connection: Connection
    run_id: UUID

    @property
    def workspace_id(self) -> UUID:
        return self.owner.workspace.pk

    def run(self) -> SyncRun:
        with workspace_scope(self.workspace_id):
            return SyncRun.objects.get(pk=self.run_id)

    def expire_lease(self) -> None:
        expire_lease(self.owner, self.connection)


def found_company(access_token: Secret) -> Company:
    """A new company with the bank of that token: every company made with it has the same bank, row for row."""
    owner = make_owner("alice", "Alder Works")
    with workspace_scope(owner.workspace.pk):
        facts = ItemFacts(item_id=f"item-{token_hex(8)}", institution="First Harbor")
        connection = Connection.objects.create(facts=facts, access_token=access_token)
        run = request_sync(actor=owner.actor, connection_id=connection.pk, trigger=Trigger.FIRST)
    return Company(owner, connection, run.pk)


@dataclass
class Workers:
    """One worker at a time, that knows the test's own bank and takes its tasks from a queue of nobody else's."""

    workplace: Workplace
    environment: dict[str, str]
    started: list[Child] = field(default_factory=list)

    @property
    def broker(self) -> str:
        return self.workplace.own_broker_url

    def start(self) -> None:
        """A worker; once it is ready it takes up what is due."""
        environment = self.environment | {"REDIS_URL": self.broker}
        worker = programs.start_worker(environment=environment, logs=self.workplace.folder, beat=None, processes="1")
        self.started.append(worker)

    def ask(self, company: Company) -> None:
        """What the page that asks for a sync does, by this worker's broker."""
        with current_app.connection_for_write(url=self.broker) as connection:
            ids = [str(company.workspace_id), str(company.run_id)]
            current_app.send_task(RUN_SYNC, ids, connection=connection, queue=QUEUE)

    def kill(self) -> None:
        """SIGKILL to the worker and all its children, at once."""
        process = self.started[-1].process
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        self.started[-1].stop()


def kill_after(workers: Workers, company: Company, seconds: float) -> SyncRun:
    """Let the company's sync run for that long, and kill the worker; the run as it was left."""
    workers.ask(company)
    wait_until(lambda: company.run().started_at is not None, "the sync has begun")
    time.sleep(seconds)
    workers.kill()
    # Waits for the transaction that the dead worker's connection may still be ending.
    company.expire_lease()
    return company.run()


def finish(company: Company) -> SyncRun:
    """Wait for the run's end."""
    wait_until(lambda: not company.run().is_open, "the run ends")
    return company.run()


def seconds_of(run: SyncRun) -> float:
    """How long a run took from its first lease to its end."""
    assert run.started_at is not None
    assert run.finished_at is not None
    return (run.finished_at - run.started_at).total_seconds()
