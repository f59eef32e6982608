"""Buttons that reach a bank or Zoho, pressed twice at once: one visit, one sync, one end, and the same answer to both."""

from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any

import pytest

from accounts.access import workspace_scope
from accounts.models import OnceKey
from integrations.models import Connection, GrantVisit, LinkSession, SyncRun
from integrations.providers.plaid import PlaidClient
from tests.accounts.test_double_clicks import side_by_side
from tests.accounts.test_once import key_on
from tests.integrations.linked import TaskQueue, link_bank, page_of, runs_of
from tests.integrations.support import Sandbox
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

LINK, REMOVE = "/link/token/create", "/item/remove"


def press_twice(persona: Persona, page: str, sent: Mapping[str, str]) -> tuple[Any, Any]:
    """What two threads are answered, each with a connection of its own."""

    def press() -> Any:
        browser = ScopeCheckingClient()
        browser.cookies = SimpleCookie(persona.client.cookies)
        return browser.post(page, sent)

    first, second = side_by_side(press)
    return first, second


def count(persona: Persona, model: Any) -> int:
    with workspace_scope(persona.workspace.pk):
        return int(model.objects.count())


def test_connecting_a_bank_asks_for_one_visit(alice: Persona, harbor: Sandbox) -> None:
    sent = {"once": key_on(alice, page_of(alice, "connections"))}

    first, second = press_twice(alice, page_of(alice, "create_link"), sent)

    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert first["Location"].startswith(harbor.url)
    assert (count(alice, LinkSession), harbor.requests[LINK]) == (1, 1)


def test_without_a_key_both_ask(alice: Persona, harbor: Sandbox) -> None:
    press_twice(alice, page_of(alice, "create_link"), {})

    assert (count(alice, LinkSession), harbor.requests[LINK]) == (2, 2)


def test_connecting_books_asks_for_one_visit(alice: Persona, zoho: Sandbox) -> None:
    first, second = press_twice(alice, page_of(alice, "create_grant"), {"once": "one"})

    assert first["Location"] == second["Location"]
    assert count(alice, GrantVisit) == 1


def test_syncing_now_makes_one_run_and_tells_its_id_to_both(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    before = {run.pk for run in runs_of(alice, connection)}
    page = page_of(alice, "create_sync", connection_id=connection.pk)

    first, second = press_twice(alice, page, {"once": key_on(alice, page_of(alice, "connections"))})

    (run,) = {run.pk for run in runs_of(alice, connection)} - before
    assert first["X-Object-Id"] == second["X-Object-Id"] == str(run)
    # Not even told to go again, which is what a second click without a key does.
    assert [one.again for one in runs_of(alice, connection) if one.pk == run] == [False]
    assert [name for name, _ in queue.discard()].count("integrations.run_sync") == 1


def test_disconnecting_ends_one_access(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    page = page_of(alice, "create_disconnection", connection_id=connection.pk)

    first, second = press_twice(alice, page, {"once": key_on(alice, page)})

    assert first.status_code == second.status_code == 302
    assert harbor.requests[REMOVE] == 1


def test_a_provider_that_could_not_be_reached_leaves_the_key_free(alice: Persona, harbor: Sandbox) -> None:
    page = page_of(alice, "create_link")
    harbor.switch("html", LINK, times=20)
    failed = alice.client.post(page, {"once": "one"})
    assert failed["Location"].startswith("/w/")
    assert count(alice, OnceKey) == 0
    harbor.clear_switches()

    assert alice.client.post(page, {"once": "one"})["Location"].startswith(harbor.url)


class Died(BaseException):
    """As a process that is killed: nothing is tidied up."""


def test_who_dies_after_the_provider_has_answered_leaves_the_key_taken(
    alice: Persona, harbor: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts import once, once_keys

    page = page_of(alice, "create_link")
    create_link = PlaidClient.create_link

    def die(*arguments: Any, **options: Any) -> None:
        create_link(*arguments, **options)
        raise Died

    with monkeypatch.context() as dying:
        dying.setattr(PlaidClient, "create_link", die)
        # Who is killed frees nothing.
        dying.setattr(once, "free_key", lambda claim: None)
        with pytest.raises(Died):
            alice.client.post(page, {"once": "one"})

    monkeypatch.setattr(once, "PATIENCE_SECONDS", 0.0)
    assert alice.client.post(page, {"once": "one"}).status_code == 409
    assert harbor.requests[LINK] == 1
    with workspace_scope(alice.workspace.pk):
        key = OnceKey.objects.get()
        OnceKey.objects.update(held_until=key.held_until - once_keys.HELD_FOR)
    assert alice.client.post(page, {"once": "one"}).status_code == 302
    assert harbor.requests[LINK] == 2


def test_the_address_of_a_banks_page_is_sealed(alice: Persona, harbor: Sandbox) -> None:
    page = alice.client.post(page_of(alice, "create_link"), {"once": "one"})["Location"]
    with workspace_scope(alice.workspace.pk):
        key = OnceKey.objects.get()
        stored = bytes(vars(key)["location"].data)
        assert key.location == page

    assert page.rpartition("/")[2].encode() not in stored


def test_nothing_is_connected_by_any_of_it(alice: Persona, harbor: Sandbox) -> None:
    press_twice(alice, page_of(alice, "create_link"), {"once": "one"})

    assert (count(alice, Connection), count(alice, SyncRun)) == (0, 0)
