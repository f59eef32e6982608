"""Access tokens: renewed once, whoever else needs it at that moment; and a refusal is kept to. R80; rulings 27, 30."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.conf import settings as django_settings
from django.db import connection as database
from django.utils import timezone
from pytest_django import Settings

from accounts.access import workspace_scope
from integrations import zoho_tokens
from integrations.gateway import zoho_for
from integrations.models import Connection, ItemRemoval, RunState, SyncRun, ZohoGrant
from integrations.providers.secret import Secret
from integrations.providers.zoho_errors import (
    BadAnswer,
    Down,
    GrantDenied,
    Misconfigured,
    ScopeMissing,
    Throttled,
    ZohoProblem,
)
from integrations.zoho_tokens import access_token, forget_access_token
from tests.integrations.linked import TaskQueue, last_run, opened, page_of
from tests.integrations.support import Sandbox
from tests.integrations.zoho.linked_books import Seen, watching
from tests.integrations.zoho.visits import come_back, grant_books, grant_of, leave_for_zoho, refusals_of
from tests.support.environment import Workplace
from tests.support.people import Persona
from tests.support.smtp import MailServer, receiving_mail

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

TOKEN = "/zoho/oauth/v2/token"
WORKER = """
import sys, django
django.setup()
from uuid import UUID
from concurrent.futures import ThreadPoolExecutor
from django.db import connection
from integrations.zoho_tokens import access_token

def renew(_):
    try:
        return access_token(UUID(sys.argv[1]), UUID(sys.argv[2]))
    finally:
        connection.close()

print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(4) as pool:
    tokens = set(pool.map(renew, range(4)))
print(len(tokens), hash_of := __import__("hashlib").sha256(tokens.pop().reveal().encode()).hexdigest(), flush=True)
"""


@pytest.fixture
def granted(alice: Persona, zoho: Sandbox, queue: TaskQueue) -> Connection:
    """Books whose first sync is over, as far as anybody asks here."""
    connection = grant_books(alice, queue)
    queue.discard()
    with workspace_scope(alice.workspace.pk):
        SyncRun.objects.filter(connection=connection).update(state=RunState.SUCCEEDED, due_at=None)
    return connection


@pytest.fixture
def mail(settings: Settings) -> Iterator[MailServer]:
    with receiving_mail() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        yield server


def age(persona: Persona, connection: Connection) -> None:
    """As much time passes as an access token is used."""
    with workspace_scope(persona.workspace.pk):
        ZohoGrant.objects.filter(connection=connection).update(access_expires_at=timezone.now() - timedelta(seconds=1))


def renewals(seen: Seen) -> int:
    return seen.paths("POST").count(TOKEN)


def problem_of(persona: Persona, connection: Connection) -> ZohoProblem:
    with pytest.raises(ZohoProblem) as caught:
        access_token(persona.workspace.pk, connection.pk)
    return caught.value


def ask(persona: Persona, connection: Connection) -> Secret:
    """As a thread of a worker does, whose connection to the database is its own."""
    try:
        return access_token(persona.workspace.pk, connection.pk)
    finally:
        database.close()


def test_a_token_is_kept_sealed_and_used_until_it_is_old(alice: Persona, zoho: Sandbox, granted: Connection) -> None:
    with watching(zoho) as seen:
        first, second = (access_token(alice.workspace.pk, granted.pk) for _ in range(2))
        assert first == second
        assert renewals(seen) == 0
        age(alice, granted)
        third = access_token(alice.workspace.pk, granted.pk)
        assert third not in (first, second)
        assert renewals(seen) == 1
    grant = grant_of(alice, granted)
    assert grant.access_expires_at is not None
    left = grant.access_expires_at - timezone.now()
    assert timedelta(minutes=54) < left <= timedelta(minutes=55)
    assert (grant.access_token, grant.refreshing_until) == (third, None)


def test_ten_threads_and_an_expired_token_are_one_renewal(alice: Persona, zoho: Sandbox, granted: Connection) -> None:
    age(alice, granted)
    start = Barrier(10)

    def work(_: int) -> Secret:
        start.wait()
        return ask(alice, granted)

    with watching(zoho) as seen, ThreadPoolExecutor(10) as pool:
        tokens = set(pool.map(work, range(10)))
    assert len(tokens) == 1
    assert renewals(seen) == 1


def test_two_workers_and_an_expired_token_are_one_renewal(
    alice: Persona, zoho: Sandbox, granted: Connection, workplace: Workplace
) -> None:
    age(alice, granted)
    root = f"{zoho.url}/zoho"
    access = django_settings.ZOHO
    assert access is not None
    environment = workplace.environment() | {
        "ZOHO_CLIENT_ID": access.client_id,
        "ZOHO_CLIENT_SECRET": access.client_secret,
        "ZOHO_ACCOUNTS_URL": root,
        "ZOHO_API_URL": f"{root}/books/v3",
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-c", WORKER, str(alice.workspace.pk), str(granted.pk)]
    with watching(zoho) as seen:
        workers = [
            subprocess.Popen(
                command,
                env=environment,
                cwd=Path(__file__).parents[3],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        told = [worker.communicate(timeout=120)[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert [count for count, _ in told] == ["1", "1"]
    assert len({digest for _, digest in told}) == 1
    assert renewals(seen) == 1


def test_who_waits_for_a_worker_that_died_takes_its_place(alice: Persona, zoho: Sandbox, granted: Connection) -> None:
    age(alice, granted)
    with workspace_scope(alice.workspace.pk):
        ZohoGrant.objects.update(refreshing_until=timezone.now() + timedelta(seconds=1))
    with watching(zoho) as seen:
        access_token(alice.workspace.pk, granted.pk)
    assert renewals(seen) == 1


def test_nobody_waits_for_ever(
    alice: Persona, zoho: Sandbox, granted: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    age(alice, granted)
    with workspace_scope(alice.workspace.pk):
        ZohoGrant.objects.update(refreshing_until=timezone.now() + timedelta(seconds=29))
    monkeypatch.setattr(zoho_tokens, "LONGEST_WAIT_SECONDS", 0.3)
    with watching(zoho) as seen:
        assert isinstance(problem_of(alice, granted), Throttled)
    assert renewals(seen) == 0


def test_a_token_that_was_refused_is_renewed_once_for_all(alice: Persona, zoho: Sandbox, granted: Connection) -> None:
    old = access_token(alice.workspace.pk, granted.pk)
    forget_access_token(alice.workspace.pk, granted.pk, old)
    new = access_token(alice.workspace.pk, granted.pk)
    assert new != old
    # Another worker was refused the same old token, and comes later: the new one stays.
    forget_access_token(alice.workspace.pk, granted.pk, old)
    with watching(zoho) as seen:
        assert access_token(alice.workspace.pk, granted.pk) == new
    assert renewals(seen) == 0


def test_a_call_that_is_refused_takes_a_fresh_token_once(alice: Persona, zoho: Sandbox, granted: Connection) -> None:
    zoho.switch("token_rejected", "/zoho/books/v3/contacts")
    with watching(zoho) as seen, zoho_for(alice.workspace.pk, granted.pk) as caller:
        assert caller.get("/contacts", per_page=5).json["contacts"]
    assert (renewals(seen), len(seen.data())) == (1, 2)


def test_a_token_that_ends_between_two_pages_costs_one_renewal(
    alice: Persona, zoho: Sandbox, granted: Connection
) -> None:
    with watching(zoho) as seen, zoho_for(alice.workspace.pk, granted.pk) as caller:
        first = caller.get("/contacts", page=1, per_page=5).json["contacts"]
        assert zoho.post("/control/zoho/grants", kind="expire").status_code == 200
        second = caller.get("/contacts", page=2, per_page=5).json["contacts"]
    assert {row["contact_id"] for row in first}.isdisjoint({row["contact_id"] for row in second})
    assert renewals(seen) == 1


def test_a_scope_that_is_missing_costs_one_renewal_for_all_lists(
    alice: Persona, zoho: Sandbox, granted: Connection
) -> None:
    zoho.switch("scope_missing", "/zoho/books/v3/bills", times=0)
    zoho.switch("scope_missing", "/zoho/books/v3/expenses", times=0)
    with watching(zoho) as seen, zoho_for(alice.workspace.pk, granted.pk) as caller:
        for path in ("/bills", "/expenses"):
            with pytest.raises(ScopeMissing):
                caller.get(path)
        assert caller.get("/contacts").json["code"] == 0
    assert renewals(seen) == 1
    assert grant_of(alice, granted).denied_at is None


# providers.md 1.2: "too many requests" says nothing about the grant.
def test_access_denied_waits_and_stays_connected(
    alice: Persona, zoho: Sandbox, queue: TaskQueue, granted: Connection, mail: MailServer
) -> None:
    age(alice, granted)
    zoho.switch("denied", TOKEN, times=0)
    with watching(zoho) as seen:
        alice.client.post(page_of(alice, "create_sync", connection_id=granted.pk))
        queue.work(1)
        # Whoever comes within the pause asks nothing and is told how long it is.
        waits = [problem_of(alice, granted) for _ in range(5)]
    assert renewals(seen) == 1
    assert all(isinstance(one, Throttled) and 50 <= (one.retry_after or 0) <= 60 for one in waits)
    run = last_run(alice, granted)
    assert (run.state, run.problem) == ("waiting", "rate_limited")
    with opened(alice, granted) as now:
        assert now.state in ("connected", "rate_limited")
    assert grant_of(alice, granted).refresh_token is not None
    assert mail.mails == []
    # And when it is over it goes on by itself.
    zoho.clear_switches()
    with workspace_scope(alice.workspace.pk):
        ZohoGrant.objects.update(refreshing_until=timezone.now())
    assert access_token(alice.workspace.pk, granted.pk) == grant_of(alice, granted).access_token


def test_a_grant_that_was_revoked_is_a_banner_and_one_mail_and_no_storm(
    alice: Persona, zoho: Sandbox, queue: TaskQueue, granted: Connection, mail: MailServer
) -> None:
    assert zoho.post("/control/zoho/grants", kind="revoke").status_code == 200
    age(alice, granted)
    with watching(zoho) as seen:
        for _ in range(3):
            alice.client.post(page_of(alice, "create_sync", connection_id=granted.pk))
            queue.work()
        assert queue.sweep(alice) == []
        with ThreadPoolExecutor(5) as pool:
            asked = [pool.submit(ask, alice, granted) for _ in range(5)]
        assert all(isinstance(one.exception(), GrantDenied) for one in asked)
    assert renewals(seen) == 1
    assert seen.data() == []
    with opened(alice, granted) as now:
        assert (now.state, now.due_at) == ("needs_reauth", None)
    (message,) = mail.to(alice.user.email)
    assert message["Subject"] == "A connection to your books needs you"
    assert "Cedarline" not in message.as_string()
    page = alice.client.get(page_of(alice, "connections")).content.decode()
    assert "Zoho no longer gives access. Until somebody allows it again nothing new comes in." in page
    assert "Allow access at Zoho</button>" in page
    assert "1 needs attention" in page

    # A person allows it again: the same connection works, and nobody is written to.
    alice.client.get(come_back(leave_for_zoho(alice, granted)))
    queue.work(1)
    with opened(alice, granted) as now:
        assert (now.state, now.problem) == ("connected", "")
    assert access_token(alice.workspace.pk, granted.pk) == grant_of(alice, granted).access_token
    assert len(mail.mails) == 1
    assert refusals_of(alice) == []


@pytest.mark.parametrize(
    ("kind", "problem"), [("server_error", Down), ("html", BadAnswer), ("truncated", BadAnswer), ("cut", Down)]
)
def test_trouble_at_zoho_is_not_the_grants_end(
    kind: str, problem: type[ZohoProblem], alice: Persona, zoho: Sandbox, granted: Connection
) -> None:
    age(alice, granted)
    zoho.switch(kind, TOKEN)
    assert isinstance(problem_of(alice, granted), problem)
    assert access_token(alice.workspace.pk, granted.pk) == grant_of(alice, granted).access_token


def test_a_wrong_client_secret_is_our_trouble(
    alice: Persona, zoho: Sandbox, granted: Connection, settings: Settings
) -> None:
    from dataclasses import replace

    age(alice, granted)
    settings.ZOHO = replace(settings.ZOHO, client_secret="another-secret-than-zoho-knows")
    assert isinstance(problem_of(alice, granted), Misconfigured)
    assert grant_of(alice, granted).denied_at is None


def test_disconnecting_revokes_at_zoho_and_erases_here(
    alice: Persona, zoho: Sandbox, queue: TaskQueue, granted: Connection
) -> None:
    page = page_of(alice, "create_disconnection", connection_id=granted.pk)
    assert "The access is revoked at Zoho" in alice.client.get(page).content.decode()
    with watching(zoho) as seen:
        done = alice.client.post(page, follow=True).content.decode()
    assert "Zoho Books is disconnected. What was read stays." in done
    assert seen.paths("POST") == ["/zoho/oauth/v2/token/revoke"]
    grant = grant_of(alice, granted)
    assert (grant.refresh_token, grant.access_token) == (None, None)
    with opened(alice, granted) as now:
        assert (now.state, now.due_at) == ("disconnected", None)
        removal = ItemRemoval.objects.get()
        assert (removal.provider, removal.state, removal.access_token) == ("zoho", "done", None)
    assert all(row["revoked_at"] for row in zoho.world.store.all("SELECT revoked_at FROM zoho_grant"))
    assert isinstance(problem_of(alice, granted), GrantDenied)
    assert queue.work() == []
    shown = alice.client.get(page_of(alice, "connections")).content.decode()
    assert "Connect again</button>" in shown


def test_disconnecting_while_zoho_is_away_is_done_here_and_tried_again_there(
    alice: Persona, zoho: Sandbox, queue: TaskQueue, granted: Connection
) -> None:
    for path in ("/zoho/oauth/v2/token/revoke", "/zoho/oauth/v2/revoke/token"):
        zoho.switch("server_error", path, times=0)
    page = page_of(alice, "create_disconnection", connection_id=granted.pk)
    done = alice.client.post(page, follow=True).content.decode()
    assert "Zoho could not be reached to end its access" in done
    assert grant_of(alice, granted).refresh_token is None
    zoho.clear_switches()
    with workspace_scope(alice.workspace.pk):
        ItemRemoval.objects.update(due_at=timezone.now())
    queue.sweep(alice)
    with workspace_scope(alice.workspace.pk):
        assert ItemRemoval.objects.get().state == "done"
    assert all(row["revoked_at"] for row in zoho.world.store.all("SELECT revoked_at FROM zoho_grant"))


def test_an_access_that_zoho_has_ended_already_is_as_good(alice: Persona, zoho: Sandbox, granted: Connection) -> None:
    assert zoho.post("/control/zoho/grants", kind="revoke").status_code == 200
    page = page_of(alice, "create_disconnection", connection_id=granted.pk)
    assert "Zoho Books is disconnected. What" in alice.client.post(page, follow=True).content.decode()
