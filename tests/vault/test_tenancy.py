"""The scope, and what PostgreSQL itself does with it. R46, R47, R48."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.utils import IntegrityError

from accounts.models import Membership, Workspace
from tests.support.people import Persona
from vault.models import RoutingEntry, WorkspaceKey
from vault.tenancy import (
    NoScope,
    OutsideTransaction,
    ScopeConflict,
    as_person,
    current_workspace_id,
    enter_workspace,
    scope_in_database,
)


def test_a_scope_shows_its_own_workspace_and_no_other(alice: Persona, mallory: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        assert [found.pk for found in Workspace.objects.all()] == [alice.workspace.pk]
        assert not Membership.objects.filter(user=mallory.user).exists()


def test_without_a_scope_raw_sql_sees_no_row(alice: Persona) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM vault_workspacekey")
        assert cursor.fetchone() == (0,)
        with enter_workspace(alice.workspace.pk):
            cursor.execute("SELECT count(*) FROM vault_workspacekey")
            assert cursor.fetchone() == (1,)


def test_leaving_restores_what_was_before(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        with enter_workspace(alice.workspace.pk):
            assert current_workspace_id() == alice.workspace.pk
        assert scope_in_database() == str(alice.workspace.pk)
    assert scope_in_database() == ""
    with pytest.raises(NoScope):
        current_workspace_id()


def test_a_different_workspace_cannot_be_entered_from_inside_one(alice: Persona, mallory: Persona) -> None:
    with enter_workspace(alice.workspace.pk), pytest.raises(ScopeConflict), enter_workspace(mallory.workspace.pk):
        pass


def test_a_person_and_a_workspace_are_never_in_scope_together(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk), pytest.raises(ScopeConflict), as_person(alice.user.pk):
        pass
    with as_person(alice.user.pk), pytest.raises(ScopeConflict), enter_workspace(alice.workspace.pk):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_scope_outside_a_transaction_is_an_error_and_not_a_silent_nothing() -> None:
    with pytest.raises(OutsideTransaction), enter_workspace(uuid4()):
        pass


@pytest.mark.django_db(transaction=True)
def test_the_scope_is_gone_with_its_transaction_on_a_kept_connection(alice: Persona) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), enter_workspace(alice.workspace.pk):
        _ = 1 / 0
    with transaction.atomic():
        assert scope_in_database() == ""
        assert not WorkspaceKey.objects.exists()


def test_a_failed_statement_inside_a_scope_leaves_no_scope_behind(alice: Persona) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), enter_workspace(alice.workspace.pk):
        connection.cursor().execute("SELECT nonsense")
    assert scope_in_database() == ""


def test_a_person_finds_only_their_own_workspaces(alice: Persona, mallory: Persona) -> None:
    with as_person(alice.user.pk):
        assert [found.pk for found in Workspace.objects.all()] == [alice.workspace.pk]
        assert {found.user_id for found in Membership.objects.all()} == {alice.user.pk}


def test_a_person_scope_reads_and_never_writes(alice: Persona) -> None:
    with as_person(alice.user.pk):
        assert Workspace.objects.filter(pk=alice.workspace.pk).update(base_currency="XXX") == 0


def test_inserting_into_another_workspace_is_refused(alice: Persona, mallory: Persona) -> None:
    entry = RoutingEntry(digest=b"x" * 32, workspace_id=alice.workspace.pk, object_id=uuid4())
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        enter_workspace(mallory.workspace.pk),
    ):
        entry.save(force_insert=True)
    with enter_workspace(alice.workspace.pk):
        entry.save(force_insert=True)


def test_moving_a_row_into_another_workspace_is_refused(alice: Persona, mallory: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        key = WorkspaceKey.objects.get()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            WorkspaceKey.objects.filter(pk=key.pk).update(workspace_id=mallory.workspace.pk)


def test_a_membership_cannot_point_at_another_workspace(alice: Persona, mallory: Persona) -> None:
    with (
        pytest.raises((ProgrammingError, IntegrityError)),
        transaction.atomic(),
        enter_workspace(mallory.workspace.pk),
    ):
        Membership.objects.create(workspace=alice.workspace, user=mallory.user, role="owner")
