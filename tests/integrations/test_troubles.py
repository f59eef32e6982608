"""Each trouble that was thought of is a state that a person can read, with what happens next and one button."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.models import Connection, RunState
from integrations.problems import TROUBLES, Button, Problem
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


def test_every_problem_has_words_and_a_way_on() -> None:
    assert set(TROUBLES) == set(Problem)
    for problem, trouble in TROUBLES.items():
        assert trouble.sentence.endswith("."), problem
        # Where the workspace's data were destroyed there is no way on, and no page to show one.
        assert trouble.retries or trouble.button != Button.NONE or problem == Problem.DESTROYED, problem
