"""Setting up a workspace: five steps that follow from what is there, each of which can be left and come back to."""

import re

import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.models import Workspace
from accounts.permissions import Role
from audit.log import open_detail
from audit.models import Event
from integrations.models import Connection, RunState, Step, SyncRun
from tests.integrations.linked import TaskQueue, link_bank, linked_page, page_of
from tests.integrations.support import Sandbox
from tests.support.people import Persona, make_member

pytestmark = pytest.mark.django_db(transaction=True)

EURO_IN_APRIL = {"base_currency": "EUR", "fiscal_year_start_month": "4"}
POLLS = 'hx-trigger="every'


def shown(persona: Persona, of: Persona | None = None) -> str:
    answer = persona.client.get(page_of(of or persona, "onboarding"))
    assert answer.status_code == 200
    return answer.content.decode()


def states_of(page: str) -> list[str]:
    """The state of each step, in order."""
    marks = page.split('class="step step--')[1:]
    return [mark.partition('"')[0] for mark in marks]


def set_up(persona: Persona, **choices: str) -> None:
    answer = persona.client.post(page_of(persona, "create_set_up"), EURO_IN_APRIL | choices)
    assert answer["Location"] == page_of(persona, "onboarding")


def workspace_of(persona: Persona) -> Workspace:
    with workspace_scope(persona.workspace.pk):
        return Workspace.objects.get(pk=persona.workspace.pk)


def test_a_new_workspace_leads_to_its_five_steps(alice: Persona) -> None:
    made = alice.client.post("/workspaces/new/", {"name": "Birch Works"}, follow=True)
    assert made.redirect_chain[0][0].endswith("/start/")
    page = made.content.decode()
    assert "Set up Birch Works" in page
    assert states_of(page) == ["done", "done", "now", "later", "later"]
    assert POLLS not in page


def test_the_overview_of_an_empty_workspace_points_there(alice: Persona) -> None:
    overview = alice.client.get(f"/w/{alice.workspace.slug}/").content.decode()
    assert overview.count(page_of(alice, "onboarding")) == 2


def test_currency_and_fiscal_year_are_chosen_and_on_record(alice: Persona) -> None:
    set_up(alice)
    page = shown(alice)
    assert states_of(page) == ["done", "done", "done", "now", "later"]
    assert "EUR · Euro. The fiscal year begins in April." in page
    now = workspace_of(alice)
    assert (now.base_currency, now.fiscal_year_start_month) == ("EUR", 4)
    with workspace_scope(alice.workspace.pk):
        event = Event.objects.get(action="accounts.workspace.set_up")
        assert (event.actor_id, event.target_id) == (alice.user.pk, alice.workspace.pk)
        assert open_detail(event)["base_currency"] == "EUR"


def test_they_can_be_chosen_again(alice: Persona) -> None:
    set_up(alice)
    first = workspace_of(alice).set_up_at
    set_up(alice, base_currency="GBP")
    now = workspace_of(alice)
    assert (now.base_currency, now.set_up_at) == ("GBP", first)


@pytest.mark.parametrize("wrong", [{"base_currency": "DOLLARS"}, {"fiscal_year_start_month": "13"}])
def test_a_choice_that_there_is_not_is_refused_in_its_place(wrong: dict[str, str], alice: Persona) -> None:
    answer = alice.client.post(page_of(alice, "create_set_up"), EURO_IN_APRIL | wrong)
    assert answer.status_code == 422
    assert b"Select a valid choice" in answer.content
    assert workspace_of(alice).set_up_at is None


def test_the_currency_stays_once_there_are_accounts_and_the_fiscal_year_does_not(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    link_bank(alice, harbor, queue)
    assert "accounts are kept in it already" in shown(alice)
    set_up(alice)
    now = workspace_of(alice)
    assert (now.base_currency, now.fiscal_year_start_month) == ("USD", 4)


def test_the_steps_follow_the_bank_until_its_figures_are_there(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    set_up(alice, base_currency="USD")
    back = linked_page(alice, harbor)
    alice.client.get(back)
    queue.work(1)
    page = shown(alice)
    assert states_of(page) == ["done", "done", "done", "done", "now"]
    assert "First Harbor. Read-only" in page
    assert f'hx-get="{page_of(alice, "onboarding_progress")}"' in page
    queue.work()
    page = shown(alice)
    assert states_of(page) == ["done"] * 5
    # C8: from its first live connection on, a workspace asks all its members for a second factor.
    assert workspace_of(alice).factor_from is not None
    assert "is set up" in page
    assert re.search(r"<strong>\d+ transactions</strong> in \d accounts, \d+ \w+ 20\d\d to \d+ \w+ 20\d\d", page)
    assert "Open the overview" in page


def test_a_bank_that_is_faster_than_the_way_back_still_leads_to_the_last_step(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    set_up(alice, base_currency="USD")
    back = linked_page(alice, harbor)
    alice.client.get(back)
    queue.work()
    assert states_of(shown(alice)) == ["done"] * 5
    assert alice.client.get(back)["Location"] == page_of(alice, "onboarding")


def test_the_last_step_says_how_far_a_run_is(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    with workspace_scope(alice.workspace.pk):
        Connection.objects.update(synced_at=None)
        SyncRun.objects.filter(connection=connection).update(
            state=RunState.RUNNING,
            step=Step.WRITING,
            due_at=timezone.now(),
            rows_read=4500,
            pages_read=9,
            pages_written=3,
        )
    fragment = alice.client.get(page_of(alice, "onboarding_progress")).content.decode()
    assert fragment.strip().startswith("<li")
    for words in ("4,500 rows", "3 of 9 pages", 'value="33"', "Adding up the months", POLLS):
        assert words in fragment, words
    assert "Open the overview" not in fragment


def test_a_bank_in_trouble_says_so_with_its_one_button(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    link_bank(alice, harbor, queue)
    with workspace_scope(alice.workspace.pk):
        Connection.objects.update(synced_at=None, state="needs_reauth", problem="needs_reauth")
    page = shown(alice)
    assert "The bank asks you to sign in again." in page
    assert page.count("Sign in at the bank</button>") == 1
    assert POLLS not in page


def test_a_finished_set_up_is_gone_from_the_navigation(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connections, words = page_of(alice, "connections"), b"Get started"
    assert words in alice.client.get(connections).content
    set_up(alice, base_currency="USD")
    link_bank(alice, harbor, queue)
    assert words not in alice.client.get(connections).content


@pytest.mark.parametrize("role", [Role.STAFF, Role.AUDITOR])
def test_who_has_no_part_in_it_never_sees_it(role: Role, alice: Persona) -> None:
    carol = make_member("carol", alice.workspace, role)
    assert carol.client.get(page_of(alice, "onboarding")).status_code == 403
    first = carol.client.get("/", follow=True)
    assert first.status_code == 200
    assert page_of(alice, "onboarding") not in first.content.decode()


def test_a_manager_reads_who_can_do_each_step(alice: Persona) -> None:
    carol = make_member("carol", alice.workspace, Role.MANAGER)
    page = shown(carol, alice)
    assert "An Owner or Admin can choose them." in page
    assert "An Owner or Admin can connect it." in page
    assert "Connect a bank</button>" not in page
    assert page_of(alice, "create_set_up") not in page
