"""Who answers for a connection, and what becomes of a visit whose person has gone meanwhile. R57, R59."""

import pytest

from accounts.access import workspace_scope
from accounts.actions import deactivate_person, remove_member
from accounts.models import Membership
from accounts.permissions import Role
from integrations.models import Connection, LinkSession, LinkState
from tests.integrations.linked import TaskQueue, link_bank, linked_page
from tests.integrations.support import Sandbox
from tests.support.people import SETUP, Persona, make_member

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


@pytest.fixture
def adam(alice: Persona) -> Persona:
    return make_member("adam", alice.workspace, Role.ADMIN)


def test_who_connects_a_bank_answers_for_it_until_they_go(
    alice: Persona, adam: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(adam, harbor, queue)
    with workspace_scope(alice.workspace.pk):
        assert Connection.objects.get(pk=connection.pk).responsible_id == adam.user.pk
        remove_member(actor=alice.actor, membership_id=Membership.objects.get(user=adam.user).pk)
        handed_over = Connection.objects.get(pk=connection.pk)
        # The access is the company's, and goes on.
        assert handed_over.access_token is not None

    assert handed_over.responsible_id == alice.user.pk


def test_a_visit_of_somebody_who_was_locked_out_connects_nothing(
    alice: Persona, adam: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    linked_page(adam, harbor)
    deactivate_person(actor=SETUP, user_id=adam.user.pk)
    queue.work()

    with workspace_scope(alice.workspace.pk):
        assert not Connection.objects.exists()
        assert LinkSession.objects.get().state == LinkState.LEFT
