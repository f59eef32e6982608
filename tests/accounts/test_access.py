"""Who gets into a workspace's pages, seen from outside. R42, R44, R48."""

from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse

from accounts.access import workspace_scope
from accounts.actions import add_member
from accounts.models import Membership
from accounts.permissions import ROLE_PERMISSIONS, Permission, Role, roles_with
from audit.models import Event
from config.addresses import client_address
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
    assert without_reference(foreign, overview) == without_reference(unknown, "no-such-place-1234")


def without_reference(answer: Any, address: str) -> bytes:
    """The page without what differs from request to request."""
    page: bytes = answer.content
    reference = answer.headers["X-Request-ID"].encode()
    assert reference in page
    return page.replace(reference, b"").replace(address.encode(), b"")


def test_an_anonymous_person_is_sent_to_sign_in_and_back(client: ScopeCheckingClient, overview: str) -> None:
    answer = client.get(overview)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/accounts/login/?next={overview}"


def test_a_missing_permission_is_a_403_that_says_who_can_grant_it(alice: Persona, overview: str) -> None:
    staff = make_member("carol", alice.workspace, Role.STAFF)
    answer = staff.client.get(overview)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert Permission.VIEW_OVERVIEW.value in page
    assert "An Owner or Admin of the workspace can change your role" in page
    assert "Owner, Admin, Manager, Auditor include it." in page
    assert f'href="/w/{alice.workspace.slug}/settings/members/"' in page


@pytest.mark.django_db(transaction=True)
def test_refusals_are_recorded_once_an_hour_where_they_belong(alice: Persona, mallory: Persona, overview: str) -> None:
    staff = make_member("carol", alice.workspace, Role.STAFF)
    for _ in range(3):
        staff.client.get(overview)
        mallory.client.get(overview)
    with workspace_scope(alice.workspace.pk):
        refused = Event.objects.filter(action="accounts.access.refused")
        assert [event.actor_id for event in refused] == [staff.user.pk]
    with workspace_scope(SITE_ID):
        assert Event.objects.filter(action="accounts.access.refused", actor_id=mallory.user.pk).count() == 1


def test_a_removed_membership_ends_access_with_the_next_request(alice: Persona, bob: Persona, overview: str) -> None:
    assert bob.client.get(overview).status_code == 200
    with enter_workspace(alice.workspace.pk):
        Membership.objects.filter(user=bob.user).delete()
    assert bob.client.get(overview).status_code == 404


def test_every_permission_is_held_by_the_owner_and_every_role_has_some() -> None:
    assert all(Role.OWNER in roles_with(permission) for permission in Permission)
    assert all(ROLE_PERMISSIONS[role] for role in Role)


def test_the_auditor_reads_and_changes_nothing() -> None:
    reads = ROLE_PERMISSIONS[Role.AUDITOR] - {Permission.EXPORT_AUDIT_LOG}
    assert all(permission.value.startswith("see") for permission in reads)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_in_one_workspace_does_not_hide_one_in_another(alice: Persona, mallory: Persona) -> None:
    staff = make_member("carol", alice.workspace, Role.STAFF)
    add_member(actor=mallory.actor, workspace=mallory.workspace, user=staff.user, role=Role.STAFF)
    for workspace in (mallory.workspace, alice.workspace):
        staff.client.get(reverse("ledger:overview", kwargs={"slug": workspace.slug}))
        with workspace_scope(workspace.pk):
            assert Event.objects.filter(action="accounts.access.refused", actor_id=staff.user.pk).count() == 1


def test_a_role_that_may_not_see_the_overview_lands_where_it_may_work(alice: Persona) -> None:
    staff = make_member("carol", alice.workspace, Role.STAFF)
    landing = staff.client.get("/", follow=True)
    assert landing.status_code == 200
    assert landing.request["PATH_INFO"] == reverse("ledger:transactions", kwargs={"slug": alice.workspace.slug})


def test_a_person_with_two_workspaces_chooses(alice: Persona, mallory: Persona) -> None:
    add_member(actor=mallory.actor, workspace=mallory.workspace, user=alice.user, role=Role.STAFF)
    page = alice.client.get("/").content.decode()
    assert reverse("ledger:overview", kwargs={"slug": alice.workspace.slug}) in page
    assert reverse("ledger:transactions", kwargs={"slug": mallory.workspace.slug}) in page


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.7", "10.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7", "198.51.100.1"),
        (2, "203.0.113.7", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
    ],
)
def test_the_address_is_the_one_that_our_own_proxies_saw(
    settings: Any, proxies: int, forwarded: str, seen: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1")
    assert client_address(request) == seen
