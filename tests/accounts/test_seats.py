"""Seats: members and open invitations take them, and nobody is invited or joins beyond them."""

from datetime import timedelta
from secrets import token_hex

import pytest

from accounts.access import workspace_scope
from accounts.models import Invitation, Membership
from accounts.permissions import Role
from tests.accounts.test_invitations import accept, age, only_invitation, role_in, send, settings_of, token_to
from tests.support.people import Persona, make_member, make_person, sign_in
from tests.support.plans import change_plan

pytestmark = pytest.mark.django_db


def new_address() -> str:
    return f"{token_hex(6)}@example.test"


def test_members_and_open_invitations_take_seats(alice: Persona, bob: Persona) -> None:
    change_plan(alice, seat_limit=3)
    assert send(alice, new_address()) == 302
    assert send(alice, new_address()) == 422
    with workspace_scope(alice.workspace.pk):
        assert Invitation.objects.count() == 1


def test_the_page_says_why_and_the_way_out_and_keeps_what_was_typed(alice: Persona, bob: Persona) -> None:
    change_plan(alice, seat_limit=2)
    address = new_address()
    page = alice.client.post(settings_of(alice, "invitations/"), {"email": address, "role": "manager"})
    shown = page.content.decode()

    assert page.status_code == 422
    assert "No seat is free: of 2 seats, 2 are taken by members." in shown
    assert f'href="{settings_of(alice, "billing/")}"' in shown
    assert address in shown
    assert 'value="manager" id="id_role_1" required checked' in shown or "checked" in shown


def test_another_seat_and_it_goes_through(alice: Persona, bob: Persona) -> None:
    change_plan(alice, seat_limit=2)
    address = new_address()
    assert send(alice, address) == 422
    change_plan(alice, seat_limit=3)
    assert send(alice, address) == 302


def test_an_invitation_that_has_expired_takes_no_seat_until_it_is_sent_again(alice: Persona) -> None:
    change_plan(alice, seat_limit=2)
    assert send(alice, new_address()) == 302
    age(alice, timedelta(days=8))
    former = only_invitation(alice)
    assert send(alice, new_address()) == 302
    answer = alice.client.post(settings_of(alice, f"invitations/{former.pk}/mail/"), follow=True)

    assert "No seat is free" in answer.content.decode()


def test_who_is_invited_has_a_seat(alice: Persona) -> None:
    change_plan(alice, seat_limit=2)
    ines = make_person("ines")
    send(alice, ines.email)

    accept(sign_in(ines), token_to(ines.email, alice))
    assert role_in(alice, ines) == "staff"


def test_nobody_joins_where_members_take_every_seat(alice: Persona) -> None:
    ines = make_person("ines")
    send(alice, ines.email)
    make_member("carol", alice.workspace, Role.STAFF)
    change_plan(alice, seat_limit=2)
    client, token = sign_in(ines), token_to(ines.email, alice)
    shown = accept(client, token)

    assert "Every seat of this workspace is taken" in shown
    assert role_in(alice, ines) == ""
    assert only_invitation(alice).is_open()
    change_plan(alice, seat_limit=3)
    accept(client, token)
    assert role_in(alice, ines) == "staff"


def test_a_smaller_plan_takes_nobodys_place(alice: Persona, bob: Persona) -> None:
    change_plan(alice, seat_limit=1)
    with workspace_scope(alice.workspace.pk):
        assert Membership.objects.count() == 2
    assert bob.client.get(f"/w/{alice.workspace.slug}/").status_code == 200
