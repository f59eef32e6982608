"""A person's sign-ins are told in the record of each of their workspaces, once. R95."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction

from accounts.actions import destroy_person_key, destroy_workspace_key
from accounts.permissions import Role
from accounts.sign_in_copies import copy_sign_ins
from audit.chain import link_events
from audit.log import Actor, Target, open_personal, record
from audit.models import Event, Follower, Link
from tests.audit.tampering import tamper
from tests.support.environment import Workplace
from tests.support.people import SETUP, Persona, make_member, sign_in
from vault.keyring import _opened, provider
from vault.providers.base import KeyOwner
from vault.providers.keyfile import KeyFileProvider
from vault.tenancy import SITE_ID, enter_workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def caught_up() -> int:
    """The site's record is all tests': what is in it already is passed over."""
    with transaction.atomic(), enter_workspace(SITE_ID):
        link_events()
        last = Link.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0
        Follower.objects.update_or_create(workspace_id=SITE_ID, defaults={"sequence": last})
    return last


def follow() -> None:
    with transaction.atomic(), enter_workspace(SITE_ID):
        link_events()
    copy_sign_ins(batch=50)


def copied(person: Persona) -> list[Event]:
    with transaction.atomic(), enter_workspace(person.workspace.pk):
        return list(Event.objects.filter(action="accounts.password.changed").order_by("occurred_at"))


def on_site(person: Persona, action: str, *, address: str = "192.0.2.4") -> Event:
    with transaction.atomic(), enter_workspace(SITE_ID):
        actor = Actor.person(person.user.pk, address=address, session="a-session", request="a-request")
        return record(actor=actor, action=action, target=Target("user", person.user.pk))


def test_it_is_told_with_when_and_where_from(alice: Persona) -> None:
    event = on_site(alice, "accounts.password.changed", address="192.0.2.44")
    follow()
    (told,) = [one for one in copied(alice) if one.occurred_at == event.occurred_at]
    with transaction.atomic(), enter_workspace(alice.workspace.pk):
        facts = open_personal(told)
    assert (told.actor_id, told.target_id, told.action) == (alice.user.pk, alice.user.pk, event.action)
    assert (facts["address"], facts["session"], facts["request"]) == ("192.0.2.44", "a-session", "a-request")


def test_a_real_sign_in_is_told(alice: Persona) -> None:
    sign_in(alice.user)
    follow()
    with transaction.atomic(), enter_workspace(alice.workspace.pk):
        told = Event.objects.filter(action="accounts.session.created", actor_id=alice.user.pk)
        assert told.exists()
        assert open_personal(told[0])["session"]


def test_every_workspace_of_theirs_is_told_and_no_other(alice: Persona, mallory: Persona) -> None:
    on_site(alice, "accounts.password.changed")
    follow()
    assert len(copied(alice)) == 1
    assert copied(mallory) == []


def test_what_is_followed_twice_is_told_once(alice: Persona, caught_up: int) -> None:
    on_site(alice, "accounts.password.changed")
    follow()
    with transaction.atomic(), enter_workspace(SITE_ID):
        # As after a crash: told, and not remembered.
        Follower.objects.update(sequence=caught_up)
    follow()
    assert Counter(event.action for event in copied(alice)) == {"accounts.password.changed": 1}


def test_what_is_the_sites_alone_stays_there(alice: Persona) -> None:
    on_site(alice, "accounts.user.changed")
    follow()
    with transaction.atomic(), enter_workspace(alice.workspace.pk):
        assert not Event.objects.filter(action="accounts.user.changed").exists()


def test_an_erased_person_and_a_destroyed_workspace_stop_nothing(alice: Persona, mallory: Persona) -> None:
    bob = make_member("bob", alice.workspace, Role.STAFF)
    for person in (bob, mallory, alice):
        on_site(person, "accounts.password.changed")
    destroy_person_key(actor=SETUP, person_id=bob.user.pk)
    destroy_workspace_key(actor=SETUP, workspace_id=mallory.workspace.pk)
    follow()
    assert Counter(event.actor_id for event in copied(alice)) == {alice.user.pk: 1, bob.user.pk: 1}


@contextmanager
def unusable(owner: KeyOwner) -> Iterator[None]:
    """For a while the key store has lost a share."""
    keys = provider()
    assert isinstance(keys, KeyFileProvider)
    share: Path = keys._path(owner, 1)
    away = share.with_name("away")
    share.rename(away)
    _opened.clear()
    try:
        yield
    finally:
        away.rename(share)


def test_keys_that_are_not_to_be_had_keep_nobody_else_from_being_told(alice: Persona, mallory: Persona) -> None:
    bob = make_member("bob", alice.workspace, Role.STAFF)
    for person in (mallory, bob, alice):
        on_site(person, "accounts.password.changed")
    with unusable(KeyOwner("workspace", mallory.workspace.pk)), unusable(KeyOwner("person", bob.user.pk)):
        follow()

    assert [event.actor_id for event in copied(alice)] == [alice.user.pk]
    assert copied(mallory) == []


FLIP = (
    "UPDATE audit_event SET sealed_detail = set_byte(sealed_detail, 30, get_byte(sealed_detail, 30) # 1) WHERE id = %s"
)


def test_an_event_that_does_not_open_keeps_nobody_from_being_told(
    alice: Persona, mallory: Persona, workplace: Workplace
) -> None:
    event = on_site(alice, "accounts.password.changed")
    on_site(mallory, "accounts.password.changed")
    tamper(workplace, (FLIP, [event.pk]))
    try:
        follow()
    finally:
        # The site's record is all tests'.
        tamper(workplace, (FLIP, [event.pk]))
    assert copied(alice) == []
    assert len(copied(mallory)) == 1
