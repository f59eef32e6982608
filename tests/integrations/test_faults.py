"""Everything that can go wrong on the wire, at every address that is called: nothing is lost, and the page says what to do.

The bank is a real server whose calls go wrong by its own switches; each test shows that its switch was thrown.
"""

from dataclasses import dataclass

import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from config.outbound import Bounds
from integrations.models import Connection, ItemRemoval, LinkSession, LinkState, RunState, StagedPage
from integrations.problems import TROUBLES, Problem
from integrations.providers import plaid
from integrations.queues import END_ITEM, FINISH_LINK, RUN_SYNC
from integrations.reports.calls import read_calls
from integrations.sandbox.switches import INSTEAD, ITEM, SPOILED
from ledger.kinds import Book
from ledger.models import Transaction
from ledger.sheets.rebuild import list_stale_months
from ledger.sheets.verify import months_to_verify, verify_month
from tests.integrations.faults import expire_lease
from tests.integrations.linked import (
    TaskQueue,
    assert_synced,
    last_run,
    ledger_months,
    link_bank,
    linked_page,
    newest_connection,
    opened,
    page_of,
    reconnect,
)
from tests.integrations.support import Sandbox
from tests.integrations.test_sync import bank_months, rows_of_bank, token_of
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

SAVINGS = ("savings",)
EVERY_KIND = (*INSTEAD, *SPOILED, *ITEM)


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stall is told from slowness in a second and a half instead of half a minute."""
    for name in ("QUICK", "STEADY"):
        monkeypatch.setattr(plaid, name, Bounds(connect=2, read=1.5, total=20))


def throw(bank: Sandbox, kind: str, path: str, *, after: int = 0) -> None:
    bank.switch(kind, path, after=after, seconds=2.5 if kind == "stalled" else None)


def shown(persona: Persona) -> str:
    return persona.client.get(page_of(persona, "connections")).content.decode()


def assert_same_to_the_cent(persona: Persona, bank: Sandbox, connection: Connection) -> None:
    assert_synced(persona, connection)
    rows = rows_of_bank(bank, token_of(persona, connection))
    assert len(rows) > 30
    assert ledger_months(persona.workspace.pk, connection) == bank_months(rows)
    with workspace_scope(persona.workspace.pk):
        assert Transaction.objects.filter(deleted_at=None).count() == len(rows)
        assert list_stale_months(Book.BANK) == []
        assert not StagedPage.objects.exists()
        for month in months_to_verify(Book.BANK):
            assert verify_month(Book.BANK, month).differences == ()


def assert_every_call_is_counted(persona: Persona, bank: Sandbox) -> None:
    """What left is what came: calls that went wrong are counted as well."""
    with workspace_scope(persona.workspace.pk):
        counted = {one.endpoint: one.calls for one in read_calls().endpoints}
    assert counted == +bank.requests


@dataclass(frozen=True, slots=True)
class Expected:
    """How a sync stands after the fault: the run, the connection, and the problem whose words the page has."""

    run: RunState
    state: str
    problem: Problem | None


DOWN = Expected(RunState.WAITING, "provider_down", Problem.PROVIDER_DOWN)
GARBLED = Expected(RunState.WAITING, "error", Problem.BAD_ANSWER)
FINE = Expected(RunState.SUCCEEDED, "connected", None)
OF_A_SYNC = {
    "rate_limited": Expected(RunState.WAITING, "rate_limited", Problem.RATE_LIMITED),
    "server_error": DOWN,
    "html": GARBLED,
    "oversized": GARBLED,
    "truncated": GARBLED,
    "cut": DOWN,
    "stalled": DOWN,
    "mutation": FINE,
    "login_required": Expected(RunState.FAILED, "needs_reauth", Problem.NEEDS_REAUTH),
    "revoked": Expected(RunState.FAILED, "revoked", Problem.REVOKED),
}
CALLS_OF_A_SYNC = {"accounts": ("/accounts/get", 0), "first page": ("/transactions/sync", 0)} | {
    "middle page": ("/transactions/sync", 2)
}


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("call", CALLS_OF_A_SYNC)
def test_a_sync_survives(call: str, kind: str, alice: Persona, small_pages: Sandbox, queue: TaskQueue) -> None:
    bank, expected = small_pages, OF_A_SYNC[kind]
    path, after = CALLS_OF_A_SYNC[call]
    alice.client.get(linked_page(alice, bank, accounts=SAVINGS))
    assert queue.work(1) == [FINISH_LINK]
    connection = newest_connection(alice)

    throw(bank, kind, path, after=after)
    assert queue.work(1) == [RUN_SYNC]

    assert bank.served() == 1
    run = last_run(alice, connection)
    assert run.state == expected.run
    with opened(alice, connection) as now:
        assert now.state == expected.state
        if expected is not FINE:
            assert now.cursor is None
            assert not Transaction.objects.exists()
    if expected.problem is not None:
        assert TROUBLES[expected.problem].sentence.replace("'", "&#x27;") in shown(alice)

    if expected.run == RunState.WAITING:
        expire_lease(alice, connection)
        queue.run(RUN_SYNC, str(alice.workspace.pk), str(run.pk))
    elif kind == "login_required":
        reconnect(alice, bank, queue, connection)
    elif kind == "revoked":
        link_bank(alice, bank, queue, accounts=SAVINGS)
    assert newest_connection(alice).pk == connection.pk
    if kind == "mutation":
        # The row that came in between is read with the rest, or by the next sync.
        alice.client.post(page_of(alice, "create_sync", connection_id=connection.pk))
        queue.work()
    assert_same_to_the_cent(alice, bank, connection)
    assert_every_call_is_counted(alice, bank)


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("path", ["/link/token/get", "/item/public_token/exchange", "/accounts/get"])
def test_linking_survives(path: str, kind: str, alice: Persona, small_pages: Sandbox, queue: TaskQueue) -> None:
    bank = small_pages
    back = linked_page(alice, bank, accounts=SAVINGS)
    throw(bank, kind, path)
    alice.client.get(back)
    queue.work(1)
    assert bank.served() == 1
    session = newest_session(alice)
    if session.state == LinkState.OPEN:
        queue.discard()
        queue.run(FINISH_LINK, str(alice.workspace.pk), str(session.pk))
        session = newest_session(alice)
    is_spent = (path != "/link/token/get" and kind in {"login_required", "revoked"}) or (
        path == "/item/public_token/exchange" and kind in SPOILED
    )
    assert session.state == (LinkState.FAILED if is_spent else LinkState.LINKED)
    if is_spent:
        assert b"could not be connected this time" in alice.client.get(back).content
        link_bank(alice, bank, queue, accounts=SAVINGS)
    queue.work()
    if kind in {"login_required", "revoked"} and path != "/link/token/get":
        # What was traded and cannot be used is given back, however long that takes.
        queue.sweep(alice)
        expire_removals(alice)
        queue.sweep(alice)
        with workspace_scope(alice.workspace.pk):
            assert [one.state for one in ItemRemoval.objects.all()] == ["done"]
    with workspace_scope(alice.workspace.pk):
        assert Connection.objects.count() == 1
    assert_same_to_the_cent(alice, bank, newest_connection(alice))
    assert_every_call_is_counted(alice, bank)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_way_to_the_bank_survives(kind: str, alice: Persona, small_pages: Sandbox, queue: TaskQueue) -> None:
    bank = small_pages
    throw(bank, kind, "/link/token/create")
    answer = alice.client.post(page_of(alice, "create_link"), follow=kind not in ITEM)
    assert bank.served() == 1
    if kind in ITEM:
        assert answer["Location"].startswith(bank.url)
    else:
        assert b"Try again in a few minutes." in answer.content
        assert newest_session(alice).state == LinkState.FAILED
    link_bank(alice, bank, queue, accounts=SAVINGS)
    assert_same_to_the_cent(alice, bank, newest_connection(alice))
    assert_every_call_is_counted(alice, bank)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_disconnecting_survives(kind: str, alice: Persona, small_pages: Sandbox, queue: TaskQueue) -> None:
    bank = small_pages
    connection = link_bank(alice, bank, queue, accounts=SAVINGS)
    token = token_of(alice, connection)
    before = ledger_months(alice.workspace.pk, connection)
    throw(bank, kind, "/item/remove")
    page = page_of(alice, "create_disconnection", connection_id=connection.pk)
    said = alice.client.post(page, follow=True).content.decode()
    assert bank.served() == 1
    with opened(alice, connection) as now:
        assert (now.state, now.access_token) == ("disconnected", None)
        removal = ItemRemoval.objects.get()
        assert (removal.state == "done") == (kind in ITEM)
        assert (removal.access_token is None) == (kind in ITEM)
    assert ("could not be reached to end its access" in said) == (kind not in ITEM)
    if kind not in ITEM:
        assert queue.sweep(alice) == []
        expire_removals(alice)
        assert queue.sweep(alice) == [END_ITEM]
    with opened(alice, connection):
        assert [(one.state, one.access_token) for one in ItemRemoval.objects.all()] == [("done", None)]
    assert bank.post("/item/get", access_token=token).json()["error_code"] == "ITEM_NOT_FOUND"
    assert ledger_months(alice.workspace.pk, connection) == before
    assert_every_call_is_counted(alice, bank)


def newest_session(persona: Persona) -> LinkSession:
    with workspace_scope(persona.workspace.pk):
        return LinkSession.objects.latest("created_at")


def expire_removals(persona: Persona) -> None:
    """As much time passes as a removal waits for its next try."""
    with workspace_scope(persona.workspace.pk):
        ItemRemoval.objects.filter(state="due").update(due_at=timezone.now())
