"""Each trouble that was thought of is a state that a person can read, with what happens next and one button."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Event
from integrations.actions.links import end_link_session, restore_connection
from integrations.models import Alert, Connection, LinkSession, LinkState, RunState
from integrations.problems import TROUBLES, Button, Problem
from integrations.queues import RUN_SYNC
from integrations.sync.endings import end_in_trouble
from integrations.sync.lease import take_lease
from tests.integrations.faults import Answer, error, expire_lease, interpose
from tests.integrations.linked import (
    TaskQueue,
    assert_synced,
    consent,
    last_run,
    link_bank,
    opened,
    page_of,
    reconnect,
    runs_of,
)
from tests.integrations.support import Sandbox
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

# What Plaid answers, how the run stands afterwards, how the connection does, and a word of the page.
CASES = {
    "busy": (error("ACCOUNTS_LIMIT", "RATE_LIMIT_EXCEEDED", 429), "waiting", "rate_limited", "wants a pause"),
    "down": (error("INTERNAL_SERVER_ERROR", "API_ERROR", 500), "waiting", "provider_down", "cannot be reached"),
    "institution": (error("INSTITUTION_DOWN", "INSTITUTION_ERROR"), "waiting", "provider_down", "cannot be reached"),
    "garbled": (Answer({"accounts": "none"}), "waiting", "error", "could not be understood"),
    "not ready": (error("PRODUCT_NOT_READY"), "waiting", "connected", "still preparing"),
    "login": (error("ITEM_LOGIN_REQUIRED"), "failed", "needs_reauth", "Sign in at the bank"),
    "gone": (error("ITEM_NOT_FOUND"), "failed", "revoked", "no longer gives access"),
    "our keys": (error("INVALID_API_KEYS", "INVALID_INPUT"), "failed", "error", "on our side"),
    "rejected": (error("INVALID_FIELD", "INVALID_REQUEST"), "failed", "error", "did not accept"),
}


@pytest.fixture
def linked(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> Connection:
    return link_bank(alice, harbor, queue)


def sync_with(persona: Persona, bank: Sandbox, queue: TaskQueue, connection: Connection, answer: Answer) -> None:
    persona.client.post(page_of(persona, "create_sync", connection_id=connection.pk))
    with interpose(bank, accounts__get=[answer]):
        queue.work(1)


@pytest.mark.parametrize("case", CASES)
def test_the_page_says_what_is_the_matter(
    case: str, alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    answer, run_state, state, words = CASES[case]
    sync_with(alice, harbor, queue, linked, answer)
    run = last_run(alice, linked)
    assert run.state == run_state
    with opened(alice, linked) as now:
        assert now.state == state
        assert (now.due_at is None) == (state in {"needs_reauth", "revoked"})
    shown = alice.client.get(page_of(alice, "connections")).content.decode()
    assert words in shown
    assert "secret detail" not in shown


def test_a_bank_that_recovers_is_connected_again(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    sync_with(alice, harbor, queue, linked, CASES["down"][0])
    expire_lease(alice, linked)
    queue.run("integrations.run_sync", str(alice.workspace.pk), str(last_run(alice, linked).pk))
    assert_synced(alice, linked)
    with opened(alice, linked) as now:
        assert (now.state, now.problem, now.failures) == ("connected", "", 0)


def test_a_bank_that_stays_away_is_tried_less_and_less_and_then_left_for_a_while(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk))
    waits = []
    with interpose(harbor, accounts__get=[CASES["down"][0]] * 20):
        queue.work(1)
        while (run := last_run(alice, linked)).is_open:
            assert run.due_at is not None
            waits.append(run.due_at - timezone.now())
            expire_lease(alice, linked)
            queue.run("integrations.run_sync", str(alice.workspace.pk), str(run.pk))
    assert len(waits) == 6
    assert waits[0] < timedelta(seconds=30)
    assert waits[-1] > timedelta(minutes=6)
    assert run.state == RunState.FAILED
    with opened(alice, linked) as now:
        assert now.due_at is not None
        assert timedelta(minutes=20) < now.due_at - timezone.now() < timedelta(minutes=40)
        assert now.failures == 1


def test_retry_after_is_kept_to(alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection) -> None:
    busy = error("ACCOUNTS_LIMIT", "RATE_LIMIT_EXCEEDED", 429, ("Retry-After", "600"))
    sync_with(alice, harbor, queue, linked, busy)
    run = last_run(alice, linked)
    assert run.due_at is not None
    assert timedelta(seconds=595) < run.due_at - timezone.now() < timedelta(seconds=606)


def test_a_lost_login_is_repaired_on_the_banks_page(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    with opened(alice, linked) as now:
        token = now.access_token
    assert token is not None
    harbor.post("/sandbox/item/reset_login", access_token=token.reveal())
    alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk))
    queue.work()
    with opened(alice, linked) as now:
        assert now.state == "needs_reauth"

    start = alice.client.post(page_of(alice, "create_repair", connection_id=linked.pk))
    back = consent(start["Location"], "")
    alice.client.get(back)
    queue.work()
    with opened(alice, linked) as now:
        assert (now.state, now.problem) == ("connected", "")
        assert now.access_token == token
    assert_synced(alice, linked)


def test_a_visit_that_has_ended_restores_nothing(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    lose_login(alice, harbor, queue, linked)
    alice.client.post(page_of(alice, "create_repair", connection_id=linked.pk))
    with opened(alice, linked):
        session = LinkSession.objects.latest("created_at")
        # Its person has gone, say, while a worker asked the bank what came of it.
        end_link_session(actor=alice.actor, session_id=session.pk, state=LinkState.LEFT)
        restore_connection(actor=alice.actor, session_id=session.pk)
    with opened(alice, linked) as now:
        assert (now.state, LinkSession.objects.get(pk=session.pk).state) == ("needs_reauth", "left")
    reconnect(alice, harbor, queue, linked)
    with opened(alice, linked) as now:
        session = LinkSession.objects.latest("created_at")
        assert (now.state, session.state, len(runs_of(alice, linked))) == ("connected", "linked", 3)
        # A second worker that had waited for the bank's answer as well.
        restore_connection(actor=alice.actor, session_id=session.pk)
        assert Event.objects.filter(action="integrations.connection.restored").count() == 1
    assert len(runs_of(alice, linked)) == 3


def test_signing_in_again_while_the_bank_wants_a_pause_is_kept(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    sync_with(alice, harbor, queue, linked, CASES["busy"][0])
    reconnect(alice, harbor, queue, linked)
    with opened(alice, linked) as now:
        assert (now.state, now.restored_at is not None) == ("connected", True)
    expire_lease(alice, linked)
    queue.run("integrations.run_sync", str(alice.workspace.pk), str(last_run(alice, linked).pk))
    assert_synced(alice, linked)


def lose_login(persona: Persona, bank: Sandbox, queue: TaskQueue, connection: Connection) -> str:
    """The bank's login is lost; the token of its item."""
    with opened(persona, connection) as now:
        token = now.access_token
    assert token is not None
    bank.post("/sandbox/item/reset_login", access_token=token.reveal())
    persona.client.post(page_of(persona, "create_sync", connection_id=connection.pk))
    queue.work()
    with opened(persona, connection) as now:
        assert now.state == "needs_reauth"
    return token.reveal()


def test_a_sign_in_while_a_run_is_failing_is_not_undone_by_it(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    lose_login(alice, harbor, queue, linked)
    alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk))
    lease = take_lease(alice.workspace.pk, last_run(alice, linked).pk)
    assert lease is not None
    reconnect(alice, harbor, queue, linked)
    # What the bank answered before the person signed in arrives only now.
    end_in_trouble(lease, Problem.NEEDS_REAUTH, code="ITEM_LOGIN_REQUIRED")
    with opened(alice, linked) as now:
        assert (now.state, now.problem, now.failures) == ("connected", "", 0)
        assert not Alert.objects.filter(closed_at=None).exists()
    assert queue.work() == [RUN_SYNC]
    assert assert_synced(alice, linked).trigger == "again"
    # A run that begins after it is believed.
    lose_login(alice, harbor, queue, linked)


def test_a_visit_that_names_no_result_is_believed_only_when_the_bank_works(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    token = lose_login(alice, harbor, queue, linked)
    for is_well, state, came_of_it in ((False, "needs_reauth", "left"), (True, "connected", "linked")):
        if is_well:
            harbor.world.store.run("UPDATE item SET error_code = NULL WHERE access_token = ?", token)
        alice.client.post(page_of(alice, "create_repair", connection_id=linked.pk))
        with opened(alice, linked):
            session = LinkSession.objects.latest("created_at")
            assert session.link_token is not None
            told = harbor.post("/link/token/get", link_token=session.link_token.reveal()).json()
        times = {"started_at": "2026-11-20T10:00:00Z", "finished_at": "2026-11-20T10:01:00Z"}
        told["link_sessions"] = [{"link_session_id": "one", **times}]
        with interpose(harbor, link__token__get=[Answer(told)]):
            alice.client.get(page_of(alice, "link", session_id=session.pk))
            queue.work()
        with opened(alice, linked) as now:
            assert (now.state, LinkSession.objects.get(pk=session.pk).state) == (state, came_of_it)
            assert Alert.objects.filter(closed_at=None).exists() != is_well


def test_a_sign_in_that_ends_after_the_bank_was_disconnected_does_not_claim_to_have_connected_it(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    start = alice.client.post(page_of(alice, "create_repair", connection_id=linked.pk))
    back = consent(start["Location"], "")
    alice.client.post(page_of(alice, "create_disconnection", connection_id=linked.pk))
    alice.client.get(back)
    queue.work()
    shown = alice.client.get(back, follow=True).content.decode()
    assert "is connected again" not in shown
    assert "was disconnected meanwhile" in shown


def test_pages_that_lead_nowhere_are_not_asked_for_again_and_again(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    with opened(alice, linked) as now:
        assert now.access_token is not None
        token, cursor = now.access_token.reveal(), now.cursor
    page = harbor.post("/transactions/sync", access_token=token, cursor=cursor, count=500).json()
    endless = Answer(page | {"has_more": True, "next_cursor": cursor})
    alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk))
    with interpose(harbor, transactions__sync=[endless] * 9) as log:
        queue.work(1)
    assert log.paths().count("/transactions/sync") == 1
    run = last_run(alice, linked)
    assert (run.state, run.problem) == (RunState.WAITING, Problem.BAD_ANSWER)


def test_every_problem_has_words_and_a_way_on() -> None:
    assert set(TROUBLES) == set(Problem)
    for problem, trouble in TROUBLES.items():
        assert trouble.sentence.endswith("."), problem
        # Where the workspace's data were destroyed there is no way on, and no page to show one.
        assert trouble.retries or trouble.button != Button.NONE or problem == Problem.DESTROYED, problem
