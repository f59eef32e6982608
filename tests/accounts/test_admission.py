"""Entering a workspace: one statement, for members alone, that leaves nobody in two places at once. R46, R47, R48."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.admission import ENTER, enter_as_member
from accounts.models import Membership, Workspace
from tests.support.people import Persona
from vault.keyring import confirm_keys, workspace_keyring
from vault.tenancy import (
    OutsideTransaction,
    ScopeConflict,
    current_scope,
    current_workspace_id,
    enter_workspace,
    scope_if_any,
    scope_in_database,
)

PERSON = "SELECT coalesce(current_setting('app.user_id', true), '')"


def person_in_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute(PERSON)
        return str(cursor.fetchone()[0])


def test_a_member_is_inside_with_their_membership_and_workspace_after_one_statement(alice: Persona) -> None:
    with CaptureQueriesContext(connection) as asked, enter_as_member(alice.user.pk, alice.workspace.slug) as found:
        inside = len(asked)
        assert found == Membership.objects.select_related("workspace").get(user=alice.user)
        assert current_workspace_id() == alice.workspace.pk
        assert (scope_in_database(), person_in_database()) == (str(alice.workspace.pk), "")
    assert inside == 1
    assert (scope_in_database(), person_in_database(), scope_if_any()) == ("", "", None)


def test_what_is_read_is_what_django_reads(alice: Persona) -> None:
    with enter_as_member(alice.user.pk, alice.workspace.slug) as found:
        workspace = Workspace.objects.get()
        membership = Membership.objects.get(user=alice.user)
        assert found is not None
        for read, expected in ((found, membership), (found.workspace, workspace)):
            for field in expected._meta.concrete_fields:
                assert getattr(read, field.attname) == getattr(expected, field.attname), field.name
        assert not found._state.adding


def test_a_stranger_and_an_address_that_is_none_lead_nowhere(alice: Persona, mallory: Persona) -> None:
    for person, slug in ((mallory, alice.workspace.slug), (alice, "no-such-place")):
        with enter_as_member(person.user.pk, slug) as found:
            assert found is None
            assert (scope_in_database(), person_in_database(), scope_if_any()) == ("", "", None)


def test_the_function_by_itself_shows_a_stranger_no_row(alice: Persona, mallory: Persona) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ENTER, [mallory.user.pk, alice.workspace.slug])
        assert cursor.fetchall() == []
        cursor.execute(ENTER, [alice.user.pk, alice.workspace.slug])
        assert len(cursor.fetchall()) == 1
        cursor.execute("SELECT set_config('app.workspace_id', '', true)")


def test_it_is_entered_from_no_other_place(alice: Persona, mallory: Persona) -> None:
    entering = enter_as_member(alice.user.pk, alice.workspace.slug)
    with enter_workspace(mallory.workspace.pk), pytest.raises(ScopeConflict), entering:
        pass


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_nobody_enters(alice: Persona) -> None:
    with pytest.raises(OutsideTransaction), enter_as_member(alice.user.pk, alice.workspace.slug):
        pass
    with transaction.atomic(), enter_as_member(alice.user.pk, alice.workspace.slug) as found:
        assert found is not None


def test_keys_that_the_database_does_not_know_any_more_are_not_taken_from_memory(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        keyring = workspace_keyring()
    with enter_workspace(alice.workspace.pk):
        for epoch, commitments in (
            (keyring.epoch + 1, keyring.commitments),
            (keyring.epoch, ()),
            (None, keyring.commitments),
        ):
            confirm_keys(epoch, commitments)
            assert keyring.owner not in current_scope().memo
        confirm_keys(keyring.epoch, keyring.commitments)
        assert current_scope().memo[keyring.owner] is keyring
