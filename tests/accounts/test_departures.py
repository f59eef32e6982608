"""Locked out in one step [R57, R58, R59]: login, sessions, invitations, offers, and what they answered for."""

from secrets import token_hex
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from accounts.access import workspace_scope
from accounts.actions import (
    PersonGone,
    add_member,
    deactivate_person,
    destroy_person_key,
    invite,
    reactivate_person,
    remove_member,
)
from accounts.departures import list_responsibilities, registered
from accounts.models import Invitation, Membership, User, UserSession
from accounts.permissions import Role
from audit.log import open_detail
from audit.models import Event
from integrations.actions import create_link_session
from integrations.models import Connection, ItemFacts, LinkSession
from integrations.providers.secret import Secret
from tests.support.client import ScopeCheckingClient
from tests.support.people import PASSWORD, SETUP, Persona, make_member
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db


def connect(person: Persona, owner: Persona, name: str = "First Harbor") -> Connection:
    with workspace_scope(owner.workspace.pk):
        return Connection.objects.create(
            facts=ItemFacts(f"item-{token_hex(6)}", name),
            access_token=Secret("access-of-a-test"),
            responsible_id=person.user.pk,
        )


def responsible_for(connection: Connection) -> object:
    with workspace_scope(connection.workspace_id):
        return Connection.objects.get(pk=connection.pk).responsible_id


def is_active(person: Persona) -> bool:
    return User.objects.get(pk=person.user.pk).is_active


def begin(person: Persona) -> None:
    """Something of everything that a person can have begun in a workspace."""
    with workspace_scope(person.workspace.pk):
        create_link_session(actor=person.actor, user_id=person.user.pk)
        invite(actor=person.actor, email=f"{token_hex(6)}@example.test", role=Role.STAFF)


def events(workspace_id: UUID, action: str) -> list[dict[str, object]]:
    with workspace_scope(workspace_id):
        return [open_detail(event) for event in Event.objects.filter(action=action)]


def states(person: Persona) -> tuple[list[str], list[str]]:
    with workspace_scope(person.workspace.pk):
        links = LinkSession.objects.values_list("state", flat=True)
        return list(links), list(Invitation.objects.values_list("state", flat=True))


def test_who_is_removed_hands_over_their_connections_and_leaves_nothing_open(alice: Persona) -> None:
    adam = make_member("adam", alice.workspace, Role.ADMIN)
    connection, of_another = connect(adam, alice), connect(alice, alice)
    begin(adam)
    with workspace_scope(alice.workspace.pk):
        remove_member(actor=alice.actor, membership_id=Membership.objects.get(user=adam.user).pk)

    assert responsible_for(connection) == responsible_for(of_another) == alice.user.pk
    assert states(alice) == (["left"], ["cancelled"])
    assert len(events(alice.workspace.pk, "integrations.connection.handed_over")) == 1
    (removed,) = events(alice.workspace.pk, "accounts.membership.removed")
    assert removed["handed_over"] == {"connections": 1}
    assert removed["invitations"] == 1


def test_who_is_locked_out_is_out_at_once_and_everywhere(alice: Persona, mallory: Persona) -> None:
    adam = make_member("adam", alice.workspace, Role.ADMIN)
    add_member(actor=SETUP, workspace=mallory.workspace, user=adam.user, role=Role.STAFF)
    connection = connect(adam, alice)
    begin(adam)
    overview = f"/w/{alice.workspace.slug}/"
    assert adam.client.get(overview).status_code == 200
    assert UserSession.objects.filter(user=adam.user).exists()
    assert deactivate_person(actor=SETUP, user_id=adam.user.pk)

    assert adam.client.get(overview).headers["Location"].startswith("/accounts/login/")
    assert not UserSession.objects.filter(user=adam.user).exists()
    again = ScopeCheckingClient()
    again.post("/accounts/login/", {"login": adam.user.email, "password": PASSWORD})
    assert again.get(overview).headers["Location"].startswith("/accounts/login/")
    assert responsible_for(connection) == alice.user.pk
    assert states(alice) == (["left"], ["cancelled"])
    for workspace_id in (alice.workspace.pk, mallory.workspace.pk):
        assert len(events(workspace_id, "accounts.membership.deactivated")) == 1
    assert {"sessions": 1, "workspaces": 2} in events(SITE_ID, "accounts.user.deactivated")
    assert not deactivate_person(actor=SETUP, user_id=adam.user.pk)


def test_who_is_let_in_again_has_their_place_and_no_more(alice: Persona) -> None:
    adam = make_member("adam", alice.workspace, Role.ADMIN)
    connection = connect(adam, alice)
    deactivate_person(actor=SETUP, user_id=adam.user.pk)
    assert reactivate_person(actor=SETUP, user_id=adam.user.pk)
    assert not reactivate_person(actor=SETUP, user_id=adam.user.pk)
    # The old session stays dead; a new one works.
    assert adam.client.get(f"/w/{alice.workspace.slug}/").status_code == 302
    adam.client.force_login(adam.user)

    with workspace_scope(alice.workspace.pk):
        assert Membership.objects.get(user=adam.user).role == Role.ADMIN
    assert responsible_for(connection) == alice.user.pk
    assert len(events(alice.workspace.pk, "accounts.membership.reactivated")) == 1


def test_the_only_owner_can_be_locked_out_and_what_is_theirs_stays(alice: Persona) -> None:
    connection = connect(alice, alice)
    begin(alice)
    deactivate_person(actor=SETUP, user_id=alice.user.pk)

    assert responsible_for(connection) == alice.user.pk
    assert states(alice) == (["left"], ["cancelled"])


def test_who_was_deleted_is_not_let_in_again(alice: Persona, bob: Persona) -> None:
    destroy_person_key(actor=SETUP, person_id=bob.user.pk)
    with pytest.raises(PersonGone):
        reactivate_person(actor=SETUP, user_id=bob.user.pk)


def test_connections_are_registered_and_named_for_a_review(alice: Persona, bob: Persona) -> None:
    connect(alice, alice, "Second Harbor")
    with workspace_scope(alice.workspace.pk):
        found = list_responsibilities([alice.user.pk, bob.user.pk])

    assert [one.words for one in registered()] == ["connections"]
    assert found == {alice.user.pk: ["Second Harbor"], bob.user.pk: []}


def test_operators_have_commands_for_both(alice: Persona, bob: Persona, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("deactivate_person", bob.user.email)
    assert not is_active(bob)
    call_command("reactivate_person", bob.user.email)
    assert is_active(bob)

    assert bob.user.email not in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("deactivate_person", "nobody@example.test")
