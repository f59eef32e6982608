"""Changing roles, removing, leaving: who may do it to whom, in effect with the next request, and never the last Owner."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from accounts.access import workspace_scope
from accounts.actions import LastOwner, NotAllowed, change_role, leave_workspace, remove_member
from accounts.models import Membership
from accounts.permissions import MAY_ACT_ON, MAY_GIVE, Role
from audit.log import open_detail
from audit.models import Event
from tests.support.mails import mails_to
from tests.support.people import Persona, make_member

pytestmark = pytest.mark.django_db


def membership_of(person: Persona) -> Membership:
    with workspace_scope(person.workspace.pk):
        return Membership.objects.get(user=person.user)


def address_of(person: Persona, deed: str = "") -> str:
    return f"/w/{person.workspace.slug}/settings/members/{membership_of(person).pk}/{deed}"


def is_member(person: Persona) -> bool:
    with workspace_scope(person.workspace.pk):
        return Membership.objects.filter(user=person.user).exists()


def last_event(person: Persona, action: str) -> dict[str, object]:
    with workspace_scope(person.workspace.pk):
        return open_detail(Event.objects.filter(action=action).latest("occurred_at"))


def test_a_new_role_is_in_effect_with_the_next_request_and_is_told(alice: Persona) -> None:
    carol = make_member("carol", alice.workspace, Role.STAFF)
    overview = f"/w/{alice.workspace.slug}/"
    assert carol.client.get(overview).status_code == 403
    assert alice.client.post(address_of(carol), {"role": "manager"}).status_code == 302

    assert carol.client.get(overview).status_code == 200
    assert alice.client.post(address_of(carol), {"role": "staff"}).status_code == 302
    assert carol.client.get(overview).status_code == 403
    assert last_event(alice, "accounts.membership.role_changed")["after"] == {"role": "staff"}
    assert "You are Staff" in str(mails_to(carol.user.email, alice.workspace.pk)[-1].body)


def test_who_is_removed_finds_nothing_with_the_next_request(alice: Persona) -> None:
    carol = make_member("carol", alice.workspace, Role.MANAGER)
    overview = f"/w/{alice.workspace.slug}/"
    assert carol.client.get(overview).status_code == 200
    alice.client.post(address_of(carol, "removal/"))

    assert carol.client.get(overview).status_code == 404
    assert last_event(alice, "accounts.membership.removed")["user"] == str(carol.user.pk)
    assert len(mails_to(carol.user.email, alice.workspace.pk)) == 1


def test_who_leaves_finds_nothing_with_the_next_request(alice: Persona) -> None:
    carol = make_member("carol", alice.workspace, Role.STAFF)
    leaving = f"/w/{alice.workspace.slug}/settings/leaving/"
    assert b"Leave" in carol.client.get(leaving).content
    assert carol.client.post(leaving).status_code == 302

    assert carol.client.get(leaving).status_code == 404
    assert last_event(alice, "accounts.membership.left")["user"] == str(carol.user.pk)


def test_the_only_owner_can_neither_leave_nor_be_made_less(alice: Persona) -> None:
    answer = alice.client.post(f"/w/{alice.workspace.slug}/settings/leaving/", follow=True)

    assert "Make somebody else an Owner first" in answer.content.decode()
    assert is_member(alice)
    with workspace_scope(alice.workspace.pk), pytest.raises(LastOwner):
        leave_workspace(actor=alice.actor, membership_id=Membership.objects.get(user=alice.user).pk)


def test_an_owner_who_is_locked_out_does_not_count(alice: Persona) -> None:
    olga = make_member("olga", alice.workspace, Role.OWNER)
    type(olga.user).objects.filter(pk=olga.user.pk).update(is_active=False)
    alice.client.post(f"/w/{alice.workspace.slug}/settings/leaving/")

    assert is_member(alice)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("other", Role)
def test_who_may_act_on_whom_is_the_table_that_says_so(alice: Persona, role: Role, other: Role) -> None:
    actor, member = make_member("adam", alice.workspace, role), make_member("carol", alice.workspace, other)
    may_come = role in MAY_ACT_ON
    answer = actor.client.post(address_of(member, "removal/"), follow=True)

    assert answer.status_code == (200 if may_come else 403)
    assert is_member(member) == (other not in MAY_ACT_ON.get(role, ()))


# Mass assignment: whatever is posted, a role is only ever given by somebody who may, to somebody else.
@pytest.mark.parametrize("given", [*Role.values, "root", ""])
@pytest.mark.parametrize("role", Role)
def test_nobody_raises_their_own_role(alice: Persona, role: Role, given: str) -> None:
    carol = make_member("carol", alice.workspace, role)
    own = membership_of(carol)
    everything = {"role": given, "user": str(alice.user.pk), "membership_id": str(own.pk), "is_staff": "on"}
    carol.client.post(address_of(carol), everything)
    carol.client.post("/settings/profile/", {**everything, "display_name": "Carol", "time_zone": "UTC"})

    assert membership_of(carol).role == role


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
@pytest.mark.parametrize("given", Role)
def test_a_role_is_given_only_by_whom_the_table_names(alice: Persona, role: Role, given: Role) -> None:
    actor, carol = make_member("adam", alice.workspace, role), make_member("carol", alice.workspace, Role.STAFF)
    actor.client.post(address_of(carol), {"role": given.value})

    assert membership_of(carol).role == (given if given in MAY_GIVE[role] else Role.STAFF)


def test_a_right_that_was_taken_a_moment_ago_is_not_used(alice: Persona) -> None:
    adam, carol = make_member("adam", alice.workspace, Role.ADMIN), make_member("carol", alice.workspace, Role.STAFF)
    with workspace_scope(alice.workspace.pk):
        Membership.objects.filter(user=adam.user).update(role=Role.STAFF)
        # As if the request had been let in just before.
        with pytest.raises(NotAllowed):
            remove_member(actor=adam.actor, membership_id=Membership.objects.get(user=carol.user).pk)


def test_the_page_offers_what_one_may_do_and_nothing_else(alice: Persona) -> None:
    adam = make_member("adam", alice.workspace, Role.ADMIN)
    page = adam.client.get(f"/w/{alice.workspace.slug}/settings/members/").content.decode()
    of_owner, of_self = [str(membership_of(person).pk) for person in (alice, adam)]
    carol = make_member("carol", alice.workspace, Role.STAFF)

    assert of_owner not in page
    assert of_self not in page
    assert address_of(carol) in adam.client.get(f"/w/{alice.workspace.slug}/settings/members/").content.decode()


def test_a_403_names_what_is_missing_and_who_can_grant_it(alice: Persona) -> None:
    adam = make_member("adam", alice.workspace, Role.ADMIN)
    words = re.sub(r"\s+", " ", adam.client.get(f"/w/{alice.workspace.slug}/settings/ownership/").content.decode())

    assert "You need the permission to make somebody else an Owner" in words
    assert "An Owner of the workspace can change your role" in words


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_go_at_the_same_moment_one_stays(alice: Persona) -> None:
    olga = make_member("olga", alice.workspace, Role.OWNER)
    places = [(person, membership_of(person).pk) for person in (alice, olga)]
    together = Barrier(2)

    def go(person: Persona, pk: UUID) -> str:
        together.wait(30)
        try:
            with workspace_scope(person.workspace.pk):
                leave_workspace(actor=person.actor, membership_id=pk)
        except LastOwner:
            return "stays"
        finally:
            connection.close()
        return "goes"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(lambda place: go(*place), places))

    assert ends == ["goes", "stays"]


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_make_each_other_less_leave_one(alice: Persona) -> None:
    olga = make_member("olga", alice.workspace, Role.OWNER)
    deeds = [(alice, membership_of(olga).pk), (olga, membership_of(alice).pk)]
    together = Barrier(2)

    def lower(person: Persona, other: UUID) -> str:
        together.wait(30)
        try:
            with workspace_scope(person.workspace.pk):
                change_role(actor=person.actor, membership_id=other, role=Role.STAFF)
        except NotAllowed:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(lambda deed: lower(*deed), deeds))

    assert ends == ["done", "refused"]
    assert sorted([membership_of(alice).role, membership_of(olga).role]) == ["owner", "staff"]
