"""Accounts that the bank opened later, sign-ins that were repaired, and news of both that comes late or out of order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from integrations.models import Connection
from integrations.problems import TROUBLES, Problem
from ledger.models import Account
from tests.integrations.faults import interpose
from tests.integrations.linked import (
    TaskQueue,
    assert_synced,
    consent,
    ledger_months,
    link_bank,
    opened,
    page_of,
    reconnect,
)
from tests.integrations.support import Sandbox
from tests.integrations.test_sync import bank_months, rows_of_bank, sync_now, token_of
from tests.integrations.test_webhooks import Post, item_of
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


@pytest.fixture
def linked(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> Connection:
    return link_bank(alice, harbor, queue, accounts=("checking",))


@pytest.fixture
def post(client: ScopeCheckingClient, harbor: Sandbox) -> Post:
    return Post(client, harbor)


def tell(post: Post, item: str, code: str, queue: TaskQueue, **more: object) -> None:
    assert post.tell(webhook_type="ITEM", webhook_code=code, item_id=item, **more).status_code == 200
    queue.work()


def masks(persona: Persona) -> set[str | None]:
    with workspace_scope(persona.workspace.pk):
        return {one.facts.mask for one in Account.objects.filter(closed_at=None)}


def test_new_accounts_are_offered_chosen_at_the_bank_and_synced(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, post: Post
) -> None:
    words = TROUBLES[Problem.NEW_ACCOUNTS].sentence
    page = page_of(alice, "connections")
    assert words not in alice.client.get(page).content.decode()
    tell(post, item_of(alice, linked), "NEW_ACCOUNTS_AVAILABLE", queue)
    with opened(alice, linked) as now:
        assert (now.state, now.has_new_accounts) == ("connected", True)
    assert words in alice.client.get(page).content.decode()

    with interpose(harbor) as log:
        start = alice.client.post(page_of(alice, "create_repair", connection_id=linked.pk))
    assert log.requests[0][1]["update"] == {"account_selection_enabled": True}
    alice.client.get(consent(start["Location"], "", accounts=("savings", "card")))
    queue.work()
    assert_synced(alice, linked)
    assert masks(alice) == {"2217", "9043", "6650"}
    rows = rows_of_bank(harbor, token_of(alice, linked))
    assert len({row["account_id"] for row in rows.values()}) == 3
    assert ledger_months(alice.workspace.pk, linked) == bank_months(rows)
    assert words not in alice.client.get(page).content.decode()


def test_without_new_accounts_a_sign_in_offers_no_choice(alice: Persona, harbor: Sandbox, linked: Connection) -> None:
    with interpose(harbor) as log:
        alice.client.post(page_of(alice, "create_repair", connection_id=linked.pk))
    assert log.requests[0][1]["update"] == {"account_selection_enabled": False}


def test_choosing_none_of_them_is_a_choice(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, post: Post
) -> None:
    tell(post, item_of(alice, linked), "NEW_ACCOUNTS_AVAILABLE", queue)
    start = alice.client.post(page_of(alice, "create_repair", connection_id=linked.pk))
    alice.client.get(consent(start["Location"], "", accounts=()))
    queue.work()
    with opened(alice, linked) as now:
        assert not now.has_new_accounts
    assert masks(alice) == {"2217"}


# Webhooks are hints: whatever order they come in, the bank itself is asked.
def test_late_word_of_a_lost_login_does_not_break_what_was_repaired(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, post: Post
) -> None:
    item = item_of(alice, linked)
    harbor.post("/sandbox/item/reset_login", access_token=token_of(alice, linked))
    tell(post, item, "ERROR", queue, error={"error_type": "ITEM_ERROR", "error_code": "ITEM_LOGIN_REQUIRED"})
    with opened(alice, linked) as now:
        assert now.state == "needs_reauth"
    reconnect(alice, harbor, queue, linked)
    for code in ("LOGIN_REPAIRED", "ERROR", "PENDING_DISCONNECT", "NEW_ACCOUNTS_AVAILABLE", "ERROR"):
        tell(post, item, code, queue, error={"error_type": "ITEM_ERROR", "error_code": "ITEM_LOGIN_REQUIRED"})
        assert_synced(alice, linked)
        with opened(alice, linked) as now:
            assert (now.state, now.is_ending, now.has_new_accounts) == ("connected", False, False)


def test_a_warning_some_time_after_a_repair_is_a_new_one(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, post: Post
) -> None:
    reconnect(alice, harbor, queue, linked)
    with workspace_scope(alice.workspace.pk):
        Connection.objects.update(restored_at=timezone.now() - timedelta(hours=2))
    tell(post, item_of(alice, linked), "PENDING_DISCONNECT", queue)
    with opened(alice, linked) as now:
        assert now.is_ending


def test_a_login_repaired_elsewhere_is_noticed(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, post: Post
) -> None:
    token = token_of(alice, linked)
    harbor.post("/sandbox/item/reset_login", access_token=token)
    sync_now(alice, queue, linked)
    harbor.world.store.run("UPDATE item SET error_code = NULL WHERE access_token = ?", token)
    tell(post, item_of(alice, linked), "LOGIN_REPAIRED", queue)
    with opened(alice, linked) as now:
        assert (now.state, now.failures) == ("connected", 0)


def test_the_end_of_the_access_is_believed_when_the_bank_says_so(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, post: Post
) -> None:
    item = item_of(alice, linked)
    tell(post, item, "USER_PERMISSION_REVOKED", queue)
    with opened(alice, linked) as now:
        assert now.state == "connected"
    harbor.world.store.run("UPDATE item SET is_removed = 1 WHERE id = ?", item)
    tell(post, item, "USER_PERMISSION_REVOKED", queue, again=True)
    with opened(alice, linked) as now:
        assert (now.state, now.due_at) == ("revoked", None)
    assert "Connect again" in alice.client.get(page_of(alice, "connections")).content.decode()
