"""The same with everything real: a web server, a worker process, a bank in a process of its own, webhooks on the wire."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import requests

from config.demo import programs
from config.demo.children import Child
from integrations.models import RunState
from tests.integrations.faults import expire_lease
from tests.integrations.linked import (
    TaskQueue,
    assert_synced,
    last_run,
    ledger_months,
    linked_page,
    newest_connection,
    page_of,
    runs_of,
)
from tests.integrations.support import CLIENT_ID, FIRST_HARBOR, LONG_HISTORY, SECRET, Sandbox
from tests.integrations.test_sync import bank_months, rows_of_bank, token_of
from tests.support.environment import CLIENT, Workplace
from tests.support.environment import SECRET as PLAID_SECRET
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 40


def wait_until(is_true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_true():
        assert time.monotonic() < deadline, f"in {SECONDS} s it did not happen: {what}"
        time.sleep(0.02)


class Visitor:
    """A person at the real web server, with the session they have."""

    def __init__(self, persona: Persona, site: str) -> None:
        self.site = site
        self.http = requests.Session()
        for name, morsel in persona.client.cookies.items():
            self.http.cookies.set(name, morsel.value)

    def get(self, path: str) -> requests.Response:
        return self.http.get(self.site + path, timeout=10, allow_redirects=False)

    def post(self, path: str, *, seen_on: str) -> requests.Response:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(seen_on).text)
        assert found is not None
        form = {"csrfmiddlewaretoken": found[1]}
        return self.http.post(self.site + path, data=form, timeout=10, allow_redirects=False)


@pytest.fixture
def worker(workplace: Workplace) -> Iterator[None]:
    """A worker for one test, stopped with it: going on, it would change what other tests count."""
    child = programs.start_worker(environment=workplace.environment(), logs=workplace.folder, beat=None, processes="1")
    try:
        programs.wait_for_worker(child)
        yield
    finally:
        child.stop()


@pytest.mark.usefixtures("worker")
def test_a_bank_is_linked_synced_and_kept_up_to_date_by_its_news(alice: Persona, site: str, sandbox: str) -> None:
    visitor = Visitor(alice, site)
    connections = page_of(alice, "connections")
    start = visitor.post(page_of(alice, "create_link"), seen_on=connections)
    assert start.headers["Location"].startswith(f"{sandbox}/hl/")
    form = {"institution_id": FIRST_HARBOR, "account_ids": "all", "decision": "allow"}
    hosted = f"{start.headers['Location']}/consent"
    back = requests.post(hosted, data=form, timeout=10, allow_redirects=False).headers["Location"]
    assert back.startswith(site)
    path = back.removeprefix(site)

    wait_until(lambda: visitor.get(path).headers.get("Location") == connections, "the page says that it is linked")
    connection = newest_connection(alice)

    def rows_after_runs() -> int:
        runs = runs_of(alice, connection)
        return sum(run.rows_added for run in runs) if runs[-1].state == RunState.SUCCEEDED else 0

    wait_until(lambda: rows_after_runs() > 500, "the history is synced")
    before = rows_after_runs()
    day = datetime.now(UTC).date().isoformat()
    row = {"date_transacted": day, "date_posted": day, "amount": 12.34, "description": "NEWS"}
    credentials = {"PLAID-CLIENT-ID": CLIENT, "PLAID-SECRET": PLAID_SECRET}
    body = {"access_token": token_of(alice, connection), "transactions": [row]}
    assert requests.post(f"{sandbox}/sandbox/transactions/create", json=body, headers=credentials, timeout=10).ok

    # Nobody asks: the bank's webhook does.
    wait_until(lambda: rows_after_runs() == before + 1, "the bank's news has arrived")
    assert last_run(alice, connection).trigger == "webhook"
    assert "Up to date" in visitor.get(connections).text


@pytest.fixture
def start_worker(workplace: Workplace, harbor: Sandbox) -> Iterator[Callable[[], Child]]:
    """Starts workers that know the test's own bank, on a broker of their own."""
    own_broker = workplace.servers.valkey.url(60)
    plaid = {"PLAID_BASE_URL": harbor.url, "PLAID_LINK_ORIGIN": harbor.url}
    environment = workplace.environment() | plaid | {"PLAID_CLIENT_ID": CLIENT_ID, "PLAID_SECRET": SECRET}
    started: list[Child] = []

    def start() -> Child:
        child = programs.start_worker(
            environment=environment | {"REDIS_URL": own_broker}, logs=workplace.folder, beat=None, processes="1"
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.stop()


def test_a_worker_that_is_killed_is_followed_by_one_that_finishes_its_run(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, start_worker: Callable[[], Child]
) -> None:
    alice.client.get(linked_page(alice, harbor, LONG_HISTORY))
    queue.work(1)
    queue.discard()
    connection = newest_connection(alice)
    expire_lease(alice, connection)

    first = start_worker()
    wait_until(lambda: last_run(alice, connection).pages_read > 1, "the first worker reads")
    os.killpg(first.process.pid, signal.SIGKILL)
    first.process.wait()
    run = last_run(alice, connection)
    assert run.state == RunState.RUNNING
    assert run.pages_written < 18

    expire_lease(alice, connection)
    start_worker()
    wait_until(lambda: not last_run(alice, connection).is_open, "the second worker finishes")
    run = assert_synced(alice, connection)
    assert run.fence == 2
    rows = rows_of_bank(harbor, token_of(alice, connection))
    assert ledger_months(alice.workspace.pk, connection) == bank_months(rows)
