"""Sealed fields, on the models that have them. R2, R4, C1, C2."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction

from accounts.models import User, Workspace
from ledger.actions import create_category
from ledger.kinds import CategoryKind
from ledger.models import Category
from tests.support.people import Persona, make_person
from vault.envelope import SealBroken
from vault.fields import Sealed, sealed_for
from vault.tenancy import NoScope, enter_workspace


def stored(table: str, column: str, row: UUID) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE id = %s', [row])
        return bytes(cursor.fetchone()[0])


def store(table: str, column: str, row: UUID, value: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', [value, row])


def test_what_is_assigned_is_read_and_the_database_holds_neither_it_nor_its_length(alice: Persona) -> None:
    lengths = set()
    with enter_workspace(alice.workspace.pk):
        workspace = Workspace.objects.get()
        for name in ("Alder", "Alder Works and Sons", "Ålder · 株式会社"):
            workspace.name = name
            assert workspace.name == name
            workspace.save()
            assert Workspace.objects.get().name == name
            raw = stored("accounts_workspace", "name", workspace.pk)
            assert name.encode() not in raw
            lengths.add(len(raw))
    assert len(lengths) == 1


def test_saving_another_field_keeps_the_sealed_bytes(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        before = stored("accounts_workspace", "name", alice.workspace.pk)
        workspace = Workspace.objects.get()
        workspace.base_currency = "EUR"
        workspace.save()
        assert stored("accounts_workspace", "name", alice.workspace.pk) == before


def test_opening_outside_the_scope_is_refused(alice: Persona, mallory: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        workspace = Workspace.objects.get()
    with pytest.raises(NoScope):
        _ = workspace.name
    with enter_workspace(mallory.workspace.pk), pytest.raises(NoScope):
        _ = workspace.name


def test_a_deferred_sealed_field_is_read_when_it_is_asked_for(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        name = Workspace.objects.get().name
        assert Workspace.objects.defer("name").get().name == name


@pytest.mark.parametrize(
    "attempt",
    [
        lambda found: found.filter(name="Alder"),
        lambda found: found.exclude(name__icontains="Alder"),
        lambda found: found.order_by("-name"),
        lambda found: found.values("id", "name"),
        lambda found: found.values_list("name", flat=True),
        lambda found: found.update(name="Alder"),
        lambda found: found.bulk_update([Workspace(name="Alder", base_currency="EUR")], ["name"]),
    ],
    ids=["filter", "exclude", "order", "values", "values_list", "update", "bulk_update"],
)
def test_sql_on_a_sealed_field_is_refused(alice: Persona, attempt: Callable[[Any], Any]) -> None:
    with enter_workspace(alice.workspace.pk), pytest.raises(FieldError, match="sealed"):
        attempt(Workspace.objects)


def test_a_value_swapped_between_rows_is_refused_by_place(db: None) -> None:
    one, other = make_person("one"), make_person("other")
    swapped = stored("accounts_user", "display_name", other.pk)
    store("accounts_user", "display_name", one.pk, swapped)
    with pytest.raises(SealBroken, match=f"accounts.user.display_name of row {one.pk}") as error:
        _ = User.objects.get(pk=one.pk).display_name
    assert "Other" not in str(error.value)
    assert User.objects.get(pk=other.pk).display_name == "Other"


def test_a_value_swapped_between_workspaces_is_refused(alice: Persona, mallory: Persona) -> None:
    with enter_workspace(mallory.workspace.pk):
        theirs = stored("accounts_workspace", "name", mallory.workspace.pk)
    with enter_workspace(alice.workspace.pk):
        store("accounts_workspace", "name", alice.workspace.pk, theirs)
        with pytest.raises(SealBroken):
            _ = Workspace.objects.get().name


def test_a_persons_name_opens_in_any_workspace_under_their_own_key(alice: Persona, mallory: Persona) -> None:
    with enter_workspace(mallory.workspace.pk):
        assert User.objects.get(pk=alice.user.pk).display_name == "Alice"


def test_sealed_bytes_for_own_sql_are_those_of_the_field(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        value = sealed_for(Workspace, "name", row=alice.workspace.pk, value="New name")
        store("accounts_workspace", "name", alice.workspace.pk, value)
        assert Workspace.objects.get().name == "New name"


@pytest.mark.parametrize("is_opened_first", [False, True])
def test_a_row_cannot_be_copied_with_values_that_would_not_open_in_the_copy(
    alice: Persona, is_opened_first: bool
) -> None:
    with enter_workspace(alice.workspace.pk):
        category = create_category(actor=alice.actor, name="Tools", kind=CategoryKind.OPERATING_EXPENSE)
        read = Category.objects.get(pk=category.pk)
        if is_opened_first:
            assert read.name == "Tools"
        for one in (category, read):
            one.pk, one.code = uuid4(), 99
            with pytest.raises(FieldError, match="assign its value"), transaction.atomic():
                one.save(force_insert=True)
        read.name = "Tools and machines"
        read.save(force_insert=True)
        assert Category.objects.get(pk=read.pk).name == "Tools and machines"


def test_a_sealed_value_shows_nothing_of_itself() -> None:
    assert repr(Sealed(b"bytes")) == str(Sealed(b"bytes")) == "<sealed>"
