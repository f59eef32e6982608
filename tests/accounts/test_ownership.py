"""A new Owner takes two people, or one and seven days in which everybody hears of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import quarterly
from accounts.access import workspace_scope
from accounts.actions import NotAllowed, change_role, deactivate_person, offer_ownership, remove_member
from accounts.models import Membership, OwnershipOffer
from accounts.permissions import Role
from accounts.queues import COMPLETE_OFFER
from tests.support.mails import mails_to
from tests.support.people import SETUP, Persona, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def carol(alice: Persona) -> Persona:
    return make_member("carol", alice.workspace, Role.STAFF)


def membership_of(person: Persona) -> Membership:
    with workspace_scope(person.workspace.pk):
        return Membership.objects.get(user=person.user)


def page(person: Persona, deed: str = "") -> str:
    return f"/w/{person.workspace.slug}/settings/ownership/{deed}"


def offer_to(person: Persona, owner: Persona, *, steps_down: bool = False) -> OwnershipOffer:
    with workspace_scope(owner.workspace.pk):
        place = Membership.objects.get(user=person.user)
        return offer_ownership(actor=owner.actor, membership_id=place.pk, steps_down=steps_down)


def let_wait_pass(offer: OwnershipOffer, owner: Persona) -> None:
    with workspace_scope(owner.workspace.pk):
        OwnershipOffer.objects.filter(pk=offer.pk).update(due_at=timezone.now() - timedelta(seconds=1))


def test_the_second_person_agrees_and_is_an_owner(alice: Persona, carol: Persona) -> None:
    asked = {"member": str(membership_of(carol).pk), "steps_down": "no"}
    assert alice.client.post(page(alice), asked).status_code == 302
    assert membership_of(carol).role == Role.STAFF
    assert (
        "asks you to be an Owner" in carol.client.get(f"/w/{alice.workspace.slug}/settings/members/").content.decode()
    )
    assert carol.client.post(page(carol, "acceptance/")).status_code == 302

    assert membership_of(carol).role == membership_of(alice).role == Role.OWNER
    assert [message.subject for message in mails_to(carol.user.email, alice.workspace.pk)] == [
        "You are asked to be an Owner",
        "A workspace has a new Owner",
    ]


def test_who_hands_over_becomes_an_admin(alice: Persona, carol: Persona) -> None:
    alice.client.post(page(alice), {"member": str(membership_of(carol).pk), "steps_down": "yes"})
    carol.client.post(page(carol, "acceptance/"))

    assert membership_of(carol).role == Role.OWNER
    assert membership_of(alice).role == Role.ADMIN


def test_nobody_else_can_accept_it(alice: Persona, carol: Persona, mallory: Persona) -> None:
    dora = make_member("dora", alice.workspace, Role.ADMIN)
    offer_to(carol, alice)
    dora.client.post(page(dora, "acceptance/"))
    alice.client.post(page(alice, "acceptance/"))

    assert mallory.client.post(page(alice, "acceptance/")).status_code == 404
    assert membership_of(dora).role == Role.ADMIN
    assert membership_of(carol).role == Role.STAFF


def test_it_can_be_declined_and_withdrawn_by_any_owner(alice: Persona, carol: Persona) -> None:
    olga = make_member("olga", alice.workspace, Role.OWNER)
    offer_to(carol, alice)
    carol.client.post(page(carol, "refusal/"))
    offer_to(carol, alice)
    olga.client.post(page(olga, "cancellation/"))
    carol.client.post(page(carol, "acceptance/"))

    assert membership_of(carol).role == Role.STAFF
    with workspace_scope(alice.workspace.pk):
        states = sorted(OwnershipOffer.objects.values_list("state", flat=True))
    assert states == ["cancelled", "declined"]


def test_there_is_one_offer_at_a_time(alice: Persona, carol: Persona) -> None:
    dora = make_member("dora", alice.workspace, Role.STAFF)
    offer_to(carol, alice)
    answer = alice.client.post(page(alice), {"member": str(membership_of(dora).pk), "steps_down": "no"})

    assert answer.status_code == 422


def test_who_has_left_meanwhile_is_said_to_be_gone(alice: Persona, carol: Persona) -> None:
    place = membership_of(carol).pk
    with workspace_scope(alice.workspace.pk):
        remove_member(actor=alice.actor, membership_id=place)
        with pytest.raises(NotAllowed, match="do not belong to this workspace any more"):
            offer_ownership(actor=alice.actor, membership_id=place, steps_down=False)


def test_without_an_answer_it_takes_effect_after_the_wait_and_not_before(alice: Persona, carol: Persona) -> None:
    offer = offer_to(carol, alice)
    quarterly.complete_offer(alice.workspace.pk, offer.pk)
    assert membership_of(carol).role == Role.STAFF
    let_wait_pass(offer, alice)
    quarterly.complete_offer(alice.workspace.pk, offer.pk)
    quarterly.complete_offer(alice.workspace.pk, offer.pk)

    assert membership_of(carol).role == Role.OWNER


@pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])
def test_the_scheduler_finds_an_offer_that_has_waited(alice: Persona, carol: Persona) -> None:
    offer = offer_to(carol, alice)
    task = (COMPLETE_OFFER, (alice.workspace.pk, offer.pk))
    assert task not in list(quarterly.find_due())
    let_wait_pass(offer, alice)

    assert task in list(quarterly.find_due())


def test_an_offer_ends_when_either_side_is_not_what_it_was(alice: Persona, carol: Persona) -> None:
    olga = make_member("olga", alice.workspace, Role.OWNER)
    offer = offer_to(carol, olga)
    with workspace_scope(alice.workspace.pk):
        change_role(actor=alice.actor, membership_id=Membership.objects.get(user=olga.user).pk, role=Role.ADMIN)
    second = offer_to(carol, alice)
    deactivate_person(actor=SETUP, user_id=carol.user.pk)
    let_wait_pass(second, alice)
    quarterly.complete_offer(alice.workspace.pk, second.pk)

    with workspace_scope(alice.workspace.pk):
        assert set(OwnershipOffer.objects.filter(pk__in=[offer.pk, second.pk]).values_list("state", flat=True)) == {
            "cancelled"
        }
    assert membership_of(carol).role == Role.STAFF
