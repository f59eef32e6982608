"""Every state that a bank can be in has plain words and exactly one button, or says who can press it. Ruling 41."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.permissions import Role
from integrations.models import Connection, ItemFacts, ItemRemoval, RunState, Step, SyncRun, Trigger
from integrations.problems import REMOVAL_WAITS, TROUBLES, Button, Problem, State
from integrations.providers.secret import Secret
from integrations.timing import REST_AFTER
from tests.integrations.linked import page_of
from tests.support.people import Persona, make_member

pytestmark = pytest.mark.django_db

OPEN_RUNS = (None, RunState.QUEUED, RunState.RUNNING, RunState.WAITING)
# Destroyed data have no page; the rest is every problem that a connection can be left in, and none.
PROBLEMS = (None, *(problem for problem in Problem if problem != "destroyed"))
MAIN = re.compile(r'class="bank__do">(.*?)</div>', re.DOTALL)


@pytest.fixture
def bank(alice: Persona) -> Connection:
    with workspace_scope(alice.workspace.pk):
        return Connection.objects.create(
            facts=ItemFacts("item-1", "First Harbor"), access_token=Secret("access-1"), synced_at=timezone.now()
        )


def put(persona: Persona, bank: Connection, problem: Problem | None, run: RunState | None) -> None:
    """The bank in a state that the sync could have left it in."""
    now = timezone.now()
    state = TROUBLES[problem].state if problem else None
    with workspace_scope(persona.workspace.pk):
        bank.state = State.DISCONNECTED if problem == Problem.DISCONNECTED else state or State.CONNECTED
        bank.is_ending = problem == Problem.ENDING
        bank.problem = "" if bank.is_ending else problem or ""
        bank.access_token = None if bank.is_disconnected else Secret("access-1")
        bank.due_at = None if bank.is_disconnected else now + timedelta(hours=3)
        bank.disconnected_at = now if bank.is_disconnected else None
        bank.save()
        if run is not None:
            SyncRun.objects.create(
                connection=bank,
                trigger=Trigger.SCHEDULE,
                state=run,
                step=Step.READING,
                problem=problem or Problem.NOT_READY if run == RunState.WAITING else "",
                created_at=now,
                due_at=now + timedelta(minutes=2),
            )


def shown(persona: Persona, of: Persona | None = None) -> str:
    answer = persona.client.get(page_of(of or persona, "connections"))
    assert answer.status_code == 200
    return answer.content.decode()


def main_of(page: str) -> str:
    (found,) = MAIN.findall(page)
    return str(found)


@pytest.mark.parametrize("run", OPEN_RUNS, ids=str)
@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_each_state_has_words_and_one_button(
    problem: Problem | None, run: RunState | None, alice: Persona, bank: Connection
) -> None:
    put(alice, bank, problem, run)
    page = shown(alice)
    main = main_of(page)
    assert main.count("<button") == 1
    assert main.count("<a ") == (problem != Problem.DISCONNECTED)
    under_way = run in (RunState.QUEUED, RunState.RUNNING)
    button = TROUBLES[problem].button if problem else Button.SYNC
    helps = {Button.SIGN_IN: "Sign in at the bank", Button.CONNECT: "Connect again"}
    helps[Button.CHOOSE_ACCOUNTS] = "Choose accounts at the bank"
    if button in (Button.SIGN_IN, Button.CONNECT):
        assert helps[button] in main
        assert "button--primary" in main
    elif under_way:
        assert "Syncing …" in main
        assert "disabled" in main
    elif run == RunState.WAITING and problem == Problem.RATE_LIMITED:
        assert "disabled" in main
    else:
        assert helps.get(button, "Sync now" if problem is None and run is None else "Try now") in main
    if problem and not under_way:
        assert TROUBLES[problem].sentence.replace("'", "&#x27;") in page


@pytest.mark.parametrize("run", OPEN_RUNS, ids=str)
@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_who_may_not_press_it_reads_who_can(
    problem: Problem | None, run: RunState | None, alice: Persona, bob: Persona, bank: Connection
) -> None:
    put(alice, bank, problem, run)
    main = main_of(shown(bob, alice))
    assert "<button" not in main
    assert "<a " not in main
    assert re.search(r"An Owner, Admin or Manager can|An Owner or Admin can|It goes on by itself\.", main)


def test_a_manager_may_sync_and_not_sign_in(alice: Persona, bank: Connection) -> None:
    carol = make_member("carol", alice.workspace, Role.MANAGER)
    assert "Sync now</button>" in main_of(shown(carol, alice))
    put(alice, bank, Problem.NEEDS_REAUTH, None)
    main = main_of(shown(carol, alice))
    assert "<button" not in main
    assert "An Owner or Admin can sign in at the bank again." in main


def test_new_accounts_are_news_beside_a_bank_that_works(alice: Persona, bank: Connection) -> None:
    with workspace_scope(alice.workspace.pk):
        Connection.objects.update(has_new_accounts=True)
    page = shown(alice)
    assert TROUBLES[Problem.NEW_ACCOUNTS].sentence in page
    assert "Choose accounts at the bank</button>" in main_of(page)
    assert page_of(alice, "create_repair", connection_id=bank.pk) in main_of(page)
    put(alice, bank, Problem.NEEDS_REAUTH, None)
    assert "Sign in at the bank" in main_of(shown(alice))


def test_a_bank_that_rests_says_until_when_in_the_persons_own_time(alice: Persona, bank: Connection) -> None:
    until = timezone.now().replace(hour=12, minute=30) + timedelta(days=1)
    alice.user.time_zone = "Asia/Kolkata"
    alice.user.save()
    with workspace_scope(alice.workspace.pk):
        Connection.objects.update(
            state=State.PROVIDER_DOWN, problem=Problem.PROVIDER_DOWN, failures=REST_AFTER, due_at=until
        )
    page = shown(alice)
    assert f"It failed {REST_AFTER} times in a row, so it rests until" in page
    assert "18:00 IST" in page
    assert "Try now</button>" in main_of(page)


def test_a_disconnection_that_the_bank_has_not_confirmed_says_so(alice: Persona, bank: Connection) -> None:
    put(alice, bank, Problem.DISCONNECTED, None)
    assert REMOVAL_WAITS not in shown(alice)
    with workspace_scope(alice.workspace.pk):
        ItemRemoval.objects.create(connection=bank, access_token=Secret("access-1"), due_at=timezone.now())
    page = shown(alice)
    assert REMOVAL_WAITS in page
    assert "Connect again</button>" in main_of(page)
    # Once it is connected again, what is still to be ended is its former access only.
    put(alice, bank, None, None)
    assert REMOVAL_WAITS not in shown(alice)


@pytest.mark.parametrize(("waits", "asked"), [(True, ""), (False, "?waiting")])
def test_the_page_is_drawn_anew_when_a_run_begins_or_ends_to_wait(
    waits: bool, asked: str, alice: Persona, bank: Connection
) -> None:
    put(alice, bank, Problem.PROVIDER_DOWN, RunState.WAITING if waits else RunState.RUNNING)
    fragment = page_of(alice, "progress", connection_id=bank.pk)
    assert f'hx-get="{fragment}{"?waiting" if waits else ""}"' in shown(alice)
    assert "HX-Refresh" in alice.client.get(fragment + asked)
    assert "HX-Refresh" not in alice.client.get(fragment + ("?waiting" if waits else ""))
