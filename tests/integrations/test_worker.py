"""The same with everything real: a web server, a worker process, a bank in a process of its own, webhooks on the wire."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from config.demo import programs
from tests.integrations.linked import last_run, newest_connection, page_of, runs_of
from tests.integrations.support import FIRST_HARBOR
from tests.integrations.test_sync import token_of
from tests.support.environment import CLIENT, Workplace
from tests.support.environment import SECRET as PLAID_SECRET
from tests.support.leftovers import put_off_leftovers
from tests.support.people import Persona
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


class Visitor:
    """A person at the real web server, with the session they have."""

    def __init__(self, persona: Persona, site: str) -> None:
        self.site = site
        self.http = requests.Session()
        for name, morsel in persona.client.cookies.items():
            self.http.cookies.set(name, morsel.value)

    def get(self, path: str) -> requests.Response:
        return self.http.get(self.site + path, timeout=60, allow_redirects=False)

    def post(self, path: str, *, seen_on: str) -> requests.Response:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(seen_on).text)
        assert found is not None
        form = {"csrfmiddlewaretoken": found[1]}
        return self.http.post(self.site + path, data=form, timeout=60, allow_redirects=False)


@pytest.fixture
def worker(workplace: Workplace, transactional_db: None) -> Iterator[None]:
    """A worker for one test, stopped with it: going on, it would change what other tests count."""
    put_off_leftovers()
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
    back = requests.post(hosted, data=form, timeout=60, allow_redirects=False).headers["Location"]
    assert back.startswith(site)
    path = back.removeprefix(site)

    wait_until(lambda: visitor.get(path).is_redirect, "the page leads on: it is linked")
    connection = newest_connection(alice)

    def rows_so_far() -> int:
        return sum(run.rows_added for run in runs_of(alice, connection))

    wait_until(lambda: rows_so_far() > 500 and not last_run(alice, connection).is_open, "the history is synced")
    before = rows_so_far()
    day = datetime.now(UTC).date().isoformat()
    row = {"date_transacted": day, "date_posted": day, "amount": 12.34, "description": "NEWS"}
    credentials = {"PLAID-CLIENT-ID": CLIENT, "PLAID-SECRET": PLAID_SECRET}
    body = {"access_token": token_of(alice, connection), "transactions": [row]}
    assert requests.post(f"{sandbox}/sandbox/transactions/create", json=body, headers=credentials, timeout=60).ok

    # Nobody asks: the bank's webhook does.
    wait_until(lambda: rows_so_far() > before, "the bank's news has arrived")
    assert rows_so_far() == before + 1
    assert "webhook" in {run.trigger for run in runs_of(alice, connection)}
    wait_until(lambda: "Up to date" in visitor.get(connections).text, "the page says so")
