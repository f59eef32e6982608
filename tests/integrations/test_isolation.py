"""One workspace's banks are nothing to another's people, whatever address they try. R46, R48, R49."""

import pytest

from integrations.models import Connection, LinkSession
from integrations.sync.lease import take_lease
from tests.integrations.linked import TaskQueue, last_run, link_bank, opened, page_of
from tests.integrations.support import Sandbox
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

WRITES = ("create_sync", "create_repair", "create_disconnection")


@pytest.fixture
def linked(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> Connection:
    return link_bank(alice, harbor, queue)


@pytest.mark.parametrize("name", WRITES)
def test_mallory_reaches_alices_bank_by_neither_address(
    name: str, alice: Persona, mallory: Persona, linked: Connection
) -> None:
    for owner in (alice, mallory):
        address = page_of(owner, name, connection_id=linked.pk)
        assert mallory.client.post(address).status_code == 404
    with opened(alice, linked) as now:
        assert now.state == "connected"
    # The same address works for alice, so it was not the address.
    assert alice.client.post(page_of(alice, name, connection_id=linked.pk)).status_code == 302


def test_mallory_sees_no_progress_of_alices(alice: Persona, mallory: Persona, linked: Connection) -> None:
    alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk))
    assert b"progress" in alice.client.get(page_of(alice, "progress", connection_id=linked.pk)).content
    for owner in (alice, mallory):
        assert mallory.client.get(page_of(owner, "progress", connection_id=linked.pk)).status_code == 404


@pytest.mark.parametrize("name", ["link", "link_progress"])
def test_a_visit_belongs_to_the_person_who_makes_it(
    name: str, alice: Persona, mallory: Persona, harbor: Sandbox, linked: Connection
) -> None:
    alice.client.post(page_of(alice, "create_link"))
    with opened(alice, linked):
        session = LinkSession.objects.latest("created_at")
    assert alice.client.get(page_of(alice, name, session_id=session.pk)).status_code == 200
    assert mallory.client.get(page_of(alice, name, session_id=session.pk)).status_code == 404
    assert mallory.client.get(page_of(mallory, name, session_id=session.pk)).status_code == 404


def test_another_admin_of_the_workspace_does_not_see_the_visit_either(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection
) -> None:
    from accounts.permissions import Role
    from tests.support.people import make_member

    alice.client.post(page_of(alice, "create_link"))
    with opened(alice, linked):
        session = LinkSession.objects.latest("created_at")
    admin = make_member("ada", alice.workspace, Role.ADMIN)
    assert admin.client.get(page_of(alice, "link", session_id=session.pk)).status_code == 404


def test_a_task_with_the_ids_of_two_workspaces_finds_nothing(
    alice: Persona, mallory: Persona, linked: Connection
) -> None:
    alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk))
    run = last_run(alice, linked)
    assert take_lease(mallory.workspace.pk, run.pk) is None
    assert take_lease(alice.workspace.pk, run.pk) is not None


@pytest.mark.parametrize(
    ("name", "method"),
    [("create_link", "post"), ("create_sync", "post"), ("create_repair", "post"), ("create_disconnection", "get")],
)
def test_an_auditor_looks_and_does_not_touch(
    name: str, method: str, bob: Persona, alice: Persona, linked: Connection
) -> None:
    parts = {} if name == "create_link" else {"connection_id": linked.pk}
    assert getattr(bob.client, method)(page_of(alice, name, **parts)).status_code == 403
    shown = bob.client.get(page_of(alice, "connections"))
    assert shown.status_code == 200
    assert b"<form" not in shown.content.split(b"<main")[1].split(b"</main>")[0]
