"""Deeds on people and workspaces. R17, R19, R21."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.actions import AddressTaken, AlreadyMember, add_member, create_user, create_workspace
from accounts.models import Membership, User
from accounts.permissions import Role
from audit.models import Event
from tests.support.people import PASSWORD, SETUP, Persona, make_person
from vault.tenancy import enter_workspace


def test_a_password_is_kept_as_argon2id_only(db: None) -> None:
    user = make_person("dora")
    assert user.password.startswith("argon2$argon2id$")
    assert user.check_password(PASSWORD)


def test_eleven_characters_are_too_few_and_a_thousand_are_fine(db: None) -> None:
    with pytest.raises(ValidationError, match="at least 12"):
        create_user(actor=SETUP, email="short@example.test", password="elevenchars")
    user = create_user(actor=SETUP, email="long@example.test", password="correct horse " * 80)
    assert user.check_password("correct horse " * 80)


def test_an_address_is_taken_whatever_its_case(db: None) -> None:
    create_user(actor=SETUP, email="Erin@Example.test", password=PASSWORD)
    with pytest.raises(AddressTaken):
        create_user(actor=SETUP, email="erin@example.TEST", password=PASSWORD)


def test_a_workspaces_address_says_nothing_of_its_name(db: None) -> None:
    workspace = create_workspace(actor=SETUP, owner=make_person("finn"), name="Falcon Optics", base_currency="EUR")
    assert "falcon" not in workspace.slug
    with enter_workspace(workspace.pk):
        assert Membership.objects.get().role == Role.OWNER
        assert Event.objects.get(action="accounts.workspace.created").target_id == workspace.pk
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM accounts_workspace")
            assert b"Falcon" not in bytes(cursor.fetchone()[0])


def test_nobody_is_a_member_twice(alice: Persona, bob: Persona) -> None:
    with pytest.raises(AlreadyMember):
        add_member(actor=alice.actor, workspace=alice.workspace, user=bob.user, role=Role.ADMIN)
    with enter_workspace(alice.workspace.pk):
        assert Membership.objects.get(user=bob.user).role == Role.AUDITOR


def test_a_persons_name_is_sealed(db: None) -> None:
    user = make_person("gwendolyn")
    with connection.cursor() as cursor:
        cursor.execute("SELECT display_name FROM accounts_user WHERE id = %s", [user.pk])
        assert b"Gwendolyn" not in bytes(cursor.fetchone()[0])
    assert User.objects.get(pk=user.pk).shown_name == "Gwendolyn"
