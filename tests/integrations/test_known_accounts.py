"""To which connection an account belongs that has been read before, by one or by several: each is read once. ADR 5."""

import json
from collections import Counter
from typing import Any

import pytest

from accounts.access import workspace_scope
from audit.models import Event
from integrations.models import Connection, ItemFacts, ItemRemoval, LinkSession, LinkState
from ledger.models import Account, AccountFacts, Transaction
from tests.integrations.faults import Answer, error, interpose
from tests.integrations.linked import (
    TaskQueue,
    assert_synced,
    consent,
    link_bank,
    linked_page,
    newest_connection,
    opened,
    page_of,
)
from tests.integrations.support import Sandbox
from tests.integrations.test_reconnecting import (
    annotate,
    assert_same_as_bank,
    assert_work_stands,
    connections_of,
    disconnect,
    shapes_of,
)
from tests.integrations.test_sync import sync_now, token_of
from tests.integrations.test_webhooks import item_of
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

CHECKING, CARD, SAVINGS = "2217", "6650", "9043"


def readers(persona: Persona) -> dict[str, Any]:
    """By mask, the connection of each account that is read; an account that is read twice fails here."""
    with workspace_scope(persona.workspace.pk):
        found = [(one.facts.mask or "", one.connection_id) for one in Account.objects.filter(closed_at=None)]
    assert max(Counter(mask for mask, _ in found).values(), default=1) == 1
    return dict(found)


def visit(persona: Persona, bank: Sandbox, queue: TaskQueue, *accounts: str) -> LinkState:
    """A visit to the bank, with what came of it."""
    return come_back(persona, queue, linked_page(persona, bank, accounts=accounts))


def come_back(persona: Persona, queue: TaskQueue, back: str) -> LinkState:
    persona.client.get(back)
    queue.work()
    with workspace_scope(persona.workspace.pk):
        return LinkState(LinkSession.objects.latest("created_at").state)


def lose_login(persona: Persona, bank: Sandbox, queue: TaskQueue, connection: Connection) -> None:
    with interpose(bank, accounts__get=[error("ITEM_LOGIN_REQUIRED")]):
        sync_now(persona, queue, connection)


def as_if(persona: Persona, bank: Sandbox, queue: TaskQueue, looks: dict[str, object]) -> Connection:
    """The savings account is linked, but told as if it looked like this; its connection."""
    back = linked_page(persona, bank, accounts=("savings",))
    row = bank.world.store.one("SELECT rowid, spec FROM account ORDER BY rowid DESC")
    assert row is not None
    spec = json.dumps(json.loads(row["spec"]) | looks)
    bank.world.store.run("UPDATE account SET spec = ? WHERE rowid = ?", spec, row["rowid"])
    persona.client.get(back)
    queue.work()
    with workspace_scope(persona.workspace.pk):
        linked_to = LinkSession.objects.latest("created_at").connection_id
        assert linked_to is not None
        return Connection.objects.get(pk=linked_to)


def looks_of_only_account(persona: Persona) -> dict[str, object]:
    with workspace_scope(persona.workspace.pk):
        one = Account.objects.get()
        return {"mask": one.facts.mask, "name": one.facts.name, "type": one.kind, "subtype": one.subtype}


@pytest.mark.parametrize("how", ["disconnected", "login lost"])
def test_two_stopped_connections_that_come_back_in_one_visit_become_one(
    how: str, alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    small = link_bank(alice, harbor, queue, accounts=("savings",))
    large = link_bank(alice, harbor, queue, accounts=("checking", "card"))
    work, before = annotate(alice), shapes_of(alice)
    tokens = [token_of(alice, one) for one in (small, large)]
    for one in (small, large):
        if how == "disconnected":
            disconnect(alice, one)
        else:
            lose_login(alice, harbor, queue, one)

    assert visit(alice, harbor, queue, "all") == LinkState.LINKED

    # The one that has read most of the accounts goes on, with the other's rows, notes and categories.
    assert readers(alice) == dict.fromkeys((CHECKING, CARD, SAVINGS), large.pk)
    assert {one.pk: one.state for one in connections_of(alice)} == {small.pk: "disconnected", large.pk: "connected"}
    assert shapes_of(alice) == before
    assert_work_stands(alice, work)
    assert_same_as_bank(alice, harbor, large)
    with workspace_scope(alice.workspace.pk):
        assert not Transaction.objects.exclude(connection_id=large.pk).exists()
        assert not Transaction.objects.exclude(deleted_at=None).exists()
    queue.sweep(alice)
    for token in tokens:
        assert harbor.post("/item/get", access_token=token).json()["error_code"] == "ITEM_NOT_FOUND"


def test_of_several_that_have_read_as_much_the_oldest_goes_on(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    first, second = (link_bank(alice, harbor, queue, accounts=(one,)) for one in ("card", "savings"))
    before = shapes_of(alice)
    for one in (first, second):
        disconnect(alice, one)
    visit(alice, harbor, queue, "all")
    assert set(readers(alice).values()) == {first.pk}
    after = shapes_of(alice)
    assert {key: after[key] for key in before} == before
    assert_same_as_bank(alice, harbor, first)
    # Gone and come again, the accounts of both are those of one.
    disconnect(alice, first)
    visit(alice, harbor, queue, "all")
    assert shapes_of(alice) == after
    assert set(readers(alice).values()) == {first.pk}
    assert second.pk != first.pk


def test_a_stopped_connection_keeps_what_was_not_chosen_and_gives_no_moved_account_twice(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    keeps = link_bank(alice, harbor, queue, accounts=("checking", "savings"))
    lose_login(alice, harbor, queue, keeps)
    goes = link_bank(alice, harbor, queue, accounts=("card",))
    with workspace_scope(alice.workspace.pk):
        # As it would be if the other one had been the first to read both.
        Connection.objects.filter(pk=keeps.pk).update(created_at=goes.created_at)
        Connection.objects.filter(pk=goes.pk).update(created_at=keeps.created_at)
    lose_login(alice, harbor, queue, goes)
    before = shapes_of(alice)
    visit(alice, harbor, queue, "card", "savings")
    assert readers(alice) == {CHECKING: keeps.pk, CARD: goes.pk, SAVINGS: goes.pk}
    assert shapes_of(alice) == before
    start = alice.client.post(page_of(alice, "create_repair", connection_id=keeps.pk))
    alice.client.get(consent(start["Location"], ""))
    queue.work()
    assert_synced(alice, keeps)
    assert readers(alice) == {CHECKING: keeps.pk, CARD: goes.pk, SAVINGS: goes.pk}
    assert shapes_of(alice) == before


def test_an_account_that_was_left_out_can_be_connected_again(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue, accounts=("checking", "savings"))
    work, before = annotate(alice), shapes_of(alice)
    disconnect(alice, connection)
    link_bank(alice, harbor, queue, accounts=("checking",))
    assert visit(alice, harbor, queue, "savings") == LinkState.LINKED
    other = newest_connection(alice)
    assert readers(alice) == {CHECKING: connection.pk, SAVINGS: other.pk}
    # Its former rows are the new connection's, and count once.
    assert shapes_of(alice) == before
    assert_work_stands(alice, work)
    for one in (connection, other):
        sync_now(alice, queue, one)
        assert_same_as_bank(alice, harbor, one)


def test_an_account_that_a_working_connection_reads_is_left_to_it(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    first = link_bank(alice, harbor, queue, accounts=("checking",))
    before = shapes_of(alice)
    assert visit(alice, harbor, queue, "checking", "savings") == LinkState.LINKED
    second = newest_connection(alice)
    assert readers(alice) == {CHECKING: first.pk, SAVINGS: second.pk}
    for one in (first, second):
        sync_now(alice, queue, one)
    assert readers(alice) == {CHECKING: first.pk, SAVINGS: second.pk}
    after = shapes_of(alice)
    assert {key: after[key] for key in before} == before
    with workspace_scope(alice.workspace.pk):
        of_second = Account.objects.get(connection_id=second.pk)
        assert all(account == of_second.pk for account, *_ in after - before)
        assert sum((after - before).values()) > 10
    # The bank does tell the second of both, and there is nothing more to connect.
    told = harbor.post("/accounts/get", access_token=token_of(alice, second)).json()["accounts"]
    assert {one["mask"] for one in told} == {CHECKING, SAVINGS}
    assert visit(alice, harbor, queue, "checking", "savings") == LinkState.KNOWN
    assert shapes_of(alice) == after


def test_an_item_that_a_connection_has_brings_it_back_and_is_not_ended(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    linked = link_bank(alice, harbor, queue)
    token, item = token_of(alice, linked), item_of(alice, linked)
    lose_login(alice, harbor, queue, linked)
    same = Answer({"request_id": "r", "access_token": token, "item_id": item})
    back = linked_page(alice, harbor)
    with interpose(harbor, item__public_token__exchange=[same]) as log:
        assert come_back(alice, queue, back) == LinkState.LINKED
    assert "/item/remove" not in log.paths()
    with opened(alice, linked) as now:
        assert (now.state, now.generation) == ("connected", 1)
        assert not ItemRemoval.objects.exists()
    assert_same_as_bank(alice, harbor, linked)


def test_a_visit_that_comes_to_nothing_does_not_end_the_item_of_a_connection(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    linked = link_bank(alice, harbor, queue)
    token, item = token_of(alice, linked), item_of(alice, linked)
    same = Answer({"request_id": "r", "access_token": token, "item_id": item})
    # Its accounts cannot be read, so nothing can come of the visit; with another item's access that is ended.
    for answer, ended in ((same, False), (None, True)):
        back = linked_page(alice, harbor)
        with interpose(harbor, item__public_token__exchange=[answer], accounts__get=[error("ITEM_NOT_FOUND")]):
            assert come_back(alice, queue, back) == LinkState.FAILED
        with workspace_scope(alice.workspace.pk):
            assert ItemRemoval.objects.exists() == ended
    assert "error_code" not in harbor.post("/item/get", access_token=token).json()


def test_a_repair_exchanges_nothing(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    linked = link_bank(alice, harbor, queue)
    lose_login(alice, harbor, queue, linked)
    start = alice.client.post(page_of(alice, "create_repair", connection_id=linked.pk))
    back = consent(start["Location"], "")
    with workspace_scope(alice.workspace.pk):
        token = LinkSession.objects.latest("created_at").link_token
    assert token is not None
    told = harbor.post("/link/token/get", link_token=token.reveal()).json()
    told["link_sessions"][-1] |= {"on_success": {"public_token": "public-of-the-same-item"}, "results": None}
    with interpose(harbor, link__token__get=[Answer(told)]) as log:
        alice.client.get(back)
        queue.work()
    assert "/item/public_token/exchange" not in log.paths()
    with opened(alice, linked) as now:
        assert now.state == "connected"
        assert Event.objects.filter(action="integrations.connection.restored").exists()


@pytest.mark.parametrize("institution", ["Bank", "First Harbor Bank"])
def test_a_bank_whose_first_visit_told_no_institution_is_known_again(
    institution: str, alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue, accounts=("savings",))
    before = shapes_of(alice)
    with workspace_scope(alice.workspace.pk):
        connection = Connection.objects.get()
        name = connection.facts.institution if institution != "Bank" else institution
        connection.facts = ItemFacts(connection.facts.item_id, name)
        connection.save(update_fields=["facts"])
    disconnect(alice, connection)
    link_bank(alice, harbor, queue, accounts=("savings",))
    assert [one.pk for one in connections_of(alice)] == [connection.pk]
    assert shapes_of(alice) == before


def test_another_bank_is_not_this_one_however_its_accounts_look(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue, accounts=("savings",))
    with workspace_scope(alice.workspace.pk):
        connection = Connection.objects.get()
        connection.facts = ItemFacts(connection.facts.item_id, "Other", "ins_other")
        connection.save(update_fields=["facts"])
    disconnect(alice, connection)
    link_bank(alice, harbor, queue, accounts=("savings",))
    assert len(connections_of(alice)) == 2


def test_an_account_without_a_mask_is_not_taken_for_another_of_the_same_name(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    mine = link_bank(alice, harbor, queue, accounts=("checking",))
    former = token_of(alice, mine)
    before = shapes_of(alice)
    with workspace_scope(alice.workspace.pk):
        account = Account.objects.get()
        account.facts = AccountFacts(account.facts.name, account.facts.official_name, None, None)
        account.save(update_fields=["facts"])
    lose_login(alice, harbor, queue, mine)
    theirs = as_if(alice, harbor, queue, looks_of_only_account(alice))
    assert theirs.pk != mine.pk
    assert {key: count for key, count in shapes_of(alice).items() if key in before} == before
    with opened(alice, mine) as now:
        assert (now.state, now.generation) == ("needs_reauth", 1)
    assert "error_code" not in harbor.post("/item/get", access_token=former).json()


def test_rows_of_an_account_that_only_looks_the_same_are_not_retired(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue, accounts=("checking",))
    before = shapes_of(alice)
    lose_login(alice, harbor, queue, connection)
    assert as_if(alice, harbor, queue, looks_of_only_account(alice)).pk == connection.pk
    assert before - shapes_of(alice) == Counter()
    with opened(alice, connection) as now:
        assert (now.generation, now.is_matching) == (2, True)
        assert not Transaction.objects.exclude(deleted_at=None).exists()
