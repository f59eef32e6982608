"""What the connections page shows, and when it asks again."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import workspace_scope
from integrations.models import Connection, RunState, Step, SyncRun
from tests.integrations.linked import TaskQueue, link_bank, page_of
from tests.integrations.support import LONG_HISTORY, Sandbox
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

POLLS = 'hx-trigger="every'


@pytest.fixture
def linked(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> Connection:
    return link_bank(alice, harbor, queue)


def shown(persona: Persona) -> str:
    answer = persona.client.get(page_of(persona, "connections"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_a_bank_there_is_one_thing_to_do(alice: Persona) -> None:
    page = shown(alice)
    assert "No bank is connected" in page
    assert page.count("Connect a bank") == 1


def test_an_auditor_without_a_bank_is_told_who_can_connect_one(alice: Persona, bob: Persona) -> None:
    page = bob.client.get(page_of(alice, "connections")).content.decode()
    assert "An Owner or Admin" in page
    assert "Connect a bank</button>" not in page


# R84: masked numbers; R82: the count of calls and of writes.
def test_a_bank_with_its_accounts_runs_and_calls(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    link_bank(alice, harbor, queue, LONG_HISTORY)
    page = shown(alice)
    for words in ("····", "Bank account", "Card", "owed", "EUR", "First sync", "Sync now", "Disconnect"):
        assert words in page, words
    assert "<strong>0</strong> of them could change anything" in page
    assert "/transactions/sync" in page
    assert POLLS not in page


def test_progress_is_polled_while_a_run_is_open_and_only_then(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue)
    alice.client.post(page_of(alice, "create_sync", connection_id=connection.pk))
    fragment = page_of(alice, "progress", connection_id=connection.pk)
    assert f'hx-get="{fragment}"' in shown(alice)
    answer = alice.client.get(fragment)
    assert b"<html" not in answer.content
    assert b"Waiting for its turn" in answer.content
    queue.work()
    done = alice.client.get(fragment)
    assert done["HX-Refresh"] == "true"
    assert POLLS not in shown(alice)


@pytest.mark.parametrize(
    ("step", "words", "value"),
    [
        (Step.READING, "4,500 rows so far", None),
        (Step.WRITING, "3 of 9 pages", 33),
        (Step.FIGURES, "12 of 24 months", 50),
    ],
)
def test_progress_says_how_far_it_is(
    step: Step, words: str, value: int | None, alice: Persona, linked: Connection
) -> None:
    alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk))
    figures = {"rows_read": 4500, "pages_read": 9, "pages_written": 3, "months_stale": 24, "months_built": 12}
    with workspace_scope(alice.workspace.pk):
        SyncRun.objects.filter(due_at__isnull=False).update(step=step, state=RunState.RUNNING, **figures)
    fragment = alice.client.get(page_of(alice, "progress", connection_id=linked.pk)).content.decode()
    assert words in fragment
    assert step.label in fragment
    assert (f'value="{value}"' in fragment) == (value is not None)


@pytest.mark.parametrize(
    ("state", "words", "tone"),
    [
        ("connected", "Bank 12 min ago", "ok"),
        ("needs_reauth", "1 needs attention", "bad"),
        ("rate_limited", "Bank 12 min ago", "warn"),
    ],
)
def test_every_page_says_how_old_its_figures_are(
    state: str, words: str, tone: str, alice: Persona, linked: Connection
) -> None:
    then = timezone.now() - timedelta(minutes=12)
    with workspace_scope(alice.workspace.pk):
        Connection.objects.filter(pk=linked.pk).update(state=state, synced_at=then)
    page = shown(alice)
    chip = page.split('class="chip"')[1].split("</a>")[0]
    assert words in chip
    assert f"dot--{tone}" in chip


def test_the_page_costs_the_same_queries_for_one_bank_and_for_two(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    link_bank(alice, harbor, queue)
    with CaptureQueriesContext(database) as one:
        shown(alice)
    link_bank(alice, harbor, queue, LONG_HISTORY)
    with CaptureQueriesContext(database) as two:
        shown(alice)
    assert len(two) == len(one) < 25
