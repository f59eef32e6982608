"""The list of a person's workspaces, as a page and as what the top bar's switcher opens."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import add_member
from accounts.permissions import Role
from tests.support.people import SETUP, Persona
from vault.keyring import _opened, provider
from vault.providers.base import KeyOwner
from vault.tenancy import enter_workspace

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


def name_of(person: Persona) -> str:
    with enter_workspace(person.workspace.pk):
        return str(person.workspace.name)


@pytest.fixture
def with_two(alice: Persona, mallory: Persona) -> Persona:
    """Alice, who is also Staff at mallory's."""
    add_member(actor=SETUP, workspace=mallory.workspace, user=alice.user, role=Role.STAFF)
    return alice


def test_the_page_names_every_workspace_of_the_person_and_no_other(with_two: Persona, mallory: Persona) -> None:
    page = with_two.client.get("/workspaces/").content.decode()

    assert name_of(with_two) in page
    assert name_of(mallory) in page
    assert f'href="/w/{mallory.workspace.slug}/transactions/"' in page
    assert name_of(with_two) not in mallory.client.get("/workspaces/").content.decode()


def test_the_fragment_is_a_list_in_which_the_open_one_is_marked(with_two: Persona, mallory: Persona) -> None:
    answer = with_two.client.get(f"/workspaces/?here={with_two.workspace.slug}", headers=FRAGMENT).content.decode()

    assert "<html" not in answer
    marked = [line for line in answer.splitlines() if 'aria-current="true"' in line]
    assert len(marked) == 1
    assert name_of(with_two) in marked[0]
    assert name_of(mallory) in answer


def test_a_workspace_that_cannot_be_opened_keeps_nobody_from_the_others(with_two: Persona, mallory: Persona) -> None:
    with_two.client.raise_request_exception = False
    provider().destroy(KeyOwner("workspace", mallory.workspace.pk), 1)
    _opened.clear()
    page = with_two.client.get("/workspaces/").content.decode()
    assert f"<strong>{mallory.workspace.slug}</strong> cannot be opened at the moment" in page
    assert f"/w/{with_two.workspace.slug}/" in page
    assert with_two.client.get("/", follow=True).status_code == 200


def test_names_are_opened_only_when_the_switcher_is(with_two: Persona, mallory: Persona) -> None:
    address = f"/w/{with_two.workspace.slug}/settings/members/"
    with CaptureQueriesContext(connection) as queries:
        page = with_two.client.get(address).content.decode()

    assert f'hx-get="/workspaces/?here={with_two.workspace.slug}"' in page
    assert name_of(mallory) not in page
    assert sum('FROM "accounts_workspace"' in query["sql"] for query in queries) == 0
    # One workspace is entered, and its members are listed.
    assert sum("FROM accounts_enter_workspace(" in query["sql"] for query in queries) == 1
    assert sum('FROM "accounts_membership"' in query["sql"] for query in queries) == 1


def test_a_fragment_without_a_session_is_told_so(with_two: Persona) -> None:
    with_two.client.logout()
    assert with_two.client.get("/workspaces/", headers=FRAGMENT).status_code == 401


def test_another_method_is_refused(alice: Persona) -> None:
    assert alice.client.post("/workspaces/").status_code == 405
