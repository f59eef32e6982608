"""Disconnecting ends the access at the provider, erases the token and keeps what was read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Event
from integrations.models import Connection, ItemRemoval, StagedPage
from integrations.queues import END_ITEM, RUN_SYNC
from integrations.sync.lease import LeaseLost, hold, take_lease
from ledger.models import Account, Transaction
from tests.integrations.faults import error, interpose
from tests.integrations.linked import TaskQueue, last_run, link_bank, opened, page_of
from tests.integrations.support import Sandbox
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


@pytest.fixture
def linked(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> Connection:
    return link_bank(alice, harbor, queue)


def disconnect(persona: Persona, connection: Connection) -> str:
    page = page_of(persona, "create_disconnection", connection_id=connection.pk)
    return persona.client.post(page, follow=True).content.decode()


def test_it_is_asked_first(alice: Persona, linked: Connection) -> None:
    asked = alice.client.get(page_of(alice, "create_disconnection", connection_id=linked.pk)).content.decode()
    assert "Keep it connected" in asked
    with opened(alice, linked) as now:
        assert now.state == "connected"
        assert now.facts.institution in asked


def test_the_token_goes_and_the_rows_stay(alice: Persona, harbor: Sandbox, linked: Connection) -> None:
    with opened(alice, linked) as now:
        token, rows = now.access_token, Transaction.objects.count()
    assert token is not None
    assert "is disconnected" in disconnect(alice, linked)
    assert harbor.post("/item/get", access_token=token.reveal()).json()["error_code"] == "ITEM_NOT_FOUND"
    with opened(alice, linked) as now:
        assert (now.state, now.access_token, now.cursor, now.due_at) == ("disconnected", None, None, None)
        assert Transaction.objects.count() == rows > 500
        assert Account.objects.exists()
        assert Event.objects.filter(action="integrations.connection.disconnected", actor_id=alice.user.pk).exists()
    assert "Sync now" not in alice.client.get(page_of(alice, "connections")).content.decode()


def test_a_bank_that_is_away_is_asked_again_until_it_has_ended_its_access(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    down = error("INTERNAL_SERVER_ERROR", "API_ERROR", 500)
    with interpose(harbor, item__remove=[down, down, error("ITEM_LOGIN_REQUIRED")]):
        assert "could not be reached to end its access" in disconnect(alice, linked)
        waits = []
        for attempts in (1, 2, 3):
            with opened(alice, linked) as now:
                assert (now.state, now.access_token) == ("disconnected", None)
                removal = ItemRemoval.objects.get()
                assert removal.access_token is not None
                assert (removal.state, removal.attempts) == ("due", attempts)
                assert removal.due_at is not None
                waits.append(removal.due_at - timezone.now())
                ItemRemoval.objects.update(due_at=timezone.now())
            assert queue.sweep(alice) == [END_ITEM]
    assert waits[0] < timedelta(minutes=2) < waits[2] < timedelta(minutes=6)
    with opened(alice, linked):
        removal = ItemRemoval.objects.get()
        assert (removal.state, removal.access_token, removal.due_at) == ("done", None, None)
        assert Event.objects.filter(action="integrations.item.removed").exists()
    assert queue.sweep(alice) == []


def test_a_bank_that_has_ended_it_already_is_as_good(alice: Persona, harbor: Sandbox, linked: Connection) -> None:
    with interpose(harbor, item__remove=[error("ITEM_NOT_FOUND")]):
        assert "is disconnected" in disconnect(alice, linked)


def test_a_run_in_progress_is_stopped(alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection) -> None:
    alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk))
    assert [name for name, _ in queue.discard()] == [RUN_SYNC]
    lease = take_lease(alice.workspace.pk, last_run(alice, linked).pk)
    assert lease is not None
    disconnect(alice, linked)
    with pytest.raises(LeaseLost), hold(lease):
        pytest.fail("a worker wrote for a bank that is disconnected")
    run = last_run(alice, linked)
    assert (run.state, run.problem) == ("failed", "disconnected")
    with opened(alice, linked):
        assert not StagedPage.objects.exists()


def test_twice_is_quiet(alice: Persona, linked: Connection) -> None:
    disconnect(alice, linked)
    assert "is disconnected" in disconnect(alice, linked)
