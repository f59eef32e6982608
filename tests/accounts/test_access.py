"""Who gets into a workspace's pages, seen from outside. R42, R44, R48."""

import pytest
from django.urls import reverse

from accounts.permissions import ROLE_PERMISSIONS, Permission, Role, roles_with
from audit.models import Event
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona, make_member
from vault.tenancy import SITE_ID, enter_workspace


@pytest.fixture
def overview(alice: Persona) -> str:
    return reverse("ledger:overview", kwargs={"slug": alice.workspace.slug})


def test_a_member_gets_in(alice: Persona, overview: str) -> None:
    assert alice.client.get(overview).status_code == 200


def test_a_stranger_gets_the_same_answer_as_for_a_workspace_that_does_not_exist(
    mallory: Persona, overview: str
) -> None:
    foreign = mallory.client.get(overview)
    unknown = mallory.client.get(reverse("ledger:overview", kwargs={"slug": "no-such-place-1234"}))
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content.replace(overview.encode(), b"") == unknown.content.replace(b"no-such-place-1234", b"")


def test_an_anonymous_person_is_sent_to_sign_in_and_back(client: ScopeCheckingClient, overview: str) -> None:
    answer = client.get(overview)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/accounts/login/?next={overview}"


def test_a_missing_permission_is_a_403_that_says_who_can_grant_it(alice: Persona, overview: str) -> None:
    staff = make_member("carol", alice.workspace, Role.STAFF)
    answer = staff.client.get(overview)
    assert answer.status_code == 403
    assert Permission.VIEW_OVERVIEW.value in answer.content.decode()
    assert "Owner" in answer.content.decode()


def test_refusals_are_recorded_once_an_hour_where_they_belong(alice: Persona, mallory: Persona, overview: str) -> None:
    staff = make_member("carol", alice.workspace, Role.STAFF)
    for _ in range(3):
        staff.client.get(overview)
        mallory.client.get(overview)
    with enter_workspace(alice.workspace.pk):
        refused = Event.objects.filter(action="accounts.access.refused")
        assert [event.actor_id for event in refused] == [staff.user.pk]
    with enter_workspace(SITE_ID):
        assert Event.objects.filter(action="accounts.access.refused", actor_id=mallory.user.pk).count() == 1


def test_a_removed_membership_ends_access_with_the_next_request(alice: Persona, bob: Persona, overview: str) -> None:
    assert bob.client.get(overview).status_code == 200
    with enter_workspace(alice.workspace.pk):
        from accounts.models import Membership

        Membership.objects.filter(user=bob.user).delete()
    assert bob.client.get(overview).status_code == 404


def test_every_permission_is_held_by_the_owner_and_every_role_has_some() -> None:
    assert all(Role.OWNER in roles_with(permission) for permission in Permission)
    assert all(ROLE_PERMISSIONS[role] for role in Role)


def test_the_auditor_reads_and_changes_nothing() -> None:
    assert all(permission.value.startswith("see") for permission in ROLE_PERMISSIONS[Role.AUDITOR])
