"""What the product takes it does not take by halves: an update, a row's amount, access to a bank."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from integrations.actions.syncs import request_sync
from integrations.linking import finish_link
from integrations.models import Connection, ItemRemoval, LinkSession, LinkState, StagedPage, Trigger
from integrations.problems import Problem
from integrations.queues import END_ITEM
from integrations.sync.run import run_sync
from ledger.models import Transaction
from ledger.reports.cash import cash_position
from tests.integrations.faults import Answer, Died, at_statement, dying, interpose
from tests.integrations.linked import TaskQueue, link_bank, linked_page, page_of
from tests.integrations.support import Sandbox
from tests.integrations.test_interrupted import linked, page, run_of
from tests.integrations.test_sync import token_of
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])
__all__ = ["linked"]


def account_of(bank: Sandbox, token: str) -> str:
    return str(bank.post("/accounts/get", access_token=token).json()["accounts"][0]["account_id"])


def rows_of(persona: Persona) -> list[str]:
    with workspace_scope(persona.workspace.pk):
        return sorted(Transaction.objects.filter(deleted_at=None).values_list("provider_id", flat=True))


def test_an_update_that_could_not_be_written_whole_is_not_begun(
    alice: Persona, harbor: Sandbox, linked: Connection
) -> None:
    account = account_of(harbor, token_of(alice, linked))
    strange: list[Answer | None] = [
        page("here", cursor="c1", more=True, account=account),
        page("there", cursor="c2", more=False, account="x"),
    ]
    with interpose(harbor, transactions__sync=strange):
        run_sync(alice.workspace.pk, run_of(alice, linked).pk)
    run = run_of(alice, linked)
    assert (run.state, run.problem) == ("failed", Problem.BAD_DATA)
    assert rows_of(alice) == []
    with workspace_scope(alice.workspace.pk):
        assert not StagedPage.objects.exists()


def test_a_row_that_cannot_be_held_exactly_any_more_leaves_the_sums(
    alice: Persona, harbor: Sandbox, linked: Connection
) -> None:
    account = account_of(harbor, token_of(alice, linked))
    with interpose(harbor, transactions__sync=[page("one", cursor="c1", more=False, account=account)]):
        run_sync(alice.workspace.pk, run_of(alice, linked).pk)
    assert rows_of(alice) == ["one"]
    changed = page("one", cursor="c2", more=False, account=account)
    changed.body["modified"], changed.body["added"] = changed.body["added"], []
    changed.body["modified"][0]["amount"] = 99.999
    with workspace_scope(alice.workspace.pk):
        request_sync(actor=alice.actor, connection_id=linked.pk, trigger=Trigger.PERSON)
    with interpose(harbor, transactions__sync=[changed]):
        run_sync(alice.workspace.pk, run_of(alice, linked).pk)
    assert rows_of(alice) == []


def session_of(persona: Persona) -> LinkSession:
    with workspace_scope(persona.workspace.pk):
        return LinkSession.objects.get()


@pytest.mark.parametrize("when", [5, 9, 14, 20, 26, 33])
def test_access_that_was_given_is_kept_by_whoever_takes_over_after_a_death(
    when: int, alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    alice.client.get(linked_page(alice, harbor))
    queue.discard()
    session = session_of(alice)
    with interpose(harbor) as log, suppress(Died), dying(at_statement(when)):
        finish_link(alice.workspace.pk, session.pk)
    was_exchanged = "/item/public_token/exchange" in log.paths()
    if session_of(alice).state != LinkState.LINKED:
        expire_claim(alice)
        finish_link(alice.workspace.pk, session.pk)
    # What was traded for is written down before the next statement; a death in between loses the access to it for good.
    if was_exchanged and session_of(alice).state == LinkState.FAILED:
        assert log.paths()[-1] == "/item/public_token/exchange"
        return
    assert session_of(alice).state == LinkState.LINKED
    with workspace_scope(alice.workspace.pk):
        assert Connection.objects.count() == 1


def expire_claim(persona: Persona) -> None:
    with workspace_scope(persona.workspace.pk):
        LinkSession.objects.update(due_at=timezone.now())


def test_access_that_could_not_be_kept_is_tried_again_and_given_back_in_the_end(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    alice.client.get(linked_page(alice, harbor))
    queue.discard()
    session = session_of(alice)
    inserting = dying(lambda sql: sql.startswith('INSERT INTO "integrations_connection"'), of=RuntimeError)
    with inserting:
        finish_link(alice.workspace.pk, session.pk)
    kept = session_of(alice)
    assert kept.state == LinkState.OPEN
    with workspace_scope(alice.workspace.pk):
        token = LinkSession.objects.get().access_token
        LinkSession.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    assert token is not None
    with dying(lambda sql: sql.startswith('INSERT INTO "integrations_connection"'), of=RuntimeError):
        finish_link(alice.workspace.pk, session.pk)
    assert session_of(alice).state == LinkState.EXPIRED
    with workspace_scope(alice.workspace.pk):
        assert LinkSession.objects.get().access_token is None
        ItemRemoval.objects.update(due_at=timezone.now())
    assert queue.sweep(alice) == [END_ITEM]
    assert harbor.post("/item/get", access_token=token.reveal()).json()["error_code"] == "ITEM_NOT_FOUND"
    with workspace_scope(alice.workspace.pk):
        assert not Connection.objects.exists()


def test_a_disconnected_banks_balances_are_no_cash(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    with workspace_scope(alice.workspace.pk):
        assert cash_position(today=harbor.day).currencies
    alice.client.post(page_of(alice, "create_disconnection", connection_id=connection.pk))
    with workspace_scope(alice.workspace.pk):
        assert not cash_position(today=harbor.day).currencies
        assert Transaction.objects.filter(deleted_at=None).exists()
