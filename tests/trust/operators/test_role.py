"""The operators' role reads the columns it is granted, in every workspace, and nothing that is sealed. Ruling 10."""

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models

from tests.support.environment import Workplace
from tests.support.people import Persona
from vault import roles
from vault.fields import SealedField
from vault.sealed_tables import hashed_columns, sealed_tables

pytestmark = pytest.mark.django_db(transaction=True)

OWN = [model for model in apps.get_models() if model._meta.app_label == "operators"]
SEALED = sorted(
    {
        (table.name, column.name)
        for owner in ("workspace", "person")
        for table in sealed_tables(owner)
        for column in table.columns
    }
    | {(column.table, column.name) for column in hashed_columns()}
)
# What opens keys, sessions and doors, sealed or not.
SECRET = [
    ("accounts_user", "password"),
    ("accounts_usersession", "data"),
    ("accounts_usersession", "key_digest"),
    ("accounts_usersession", "last_address"),
    ("vault_workspacekey", "share"),
    ("vault_workspacekey", "wrapped"),
    ("vault_personkey", "share"),
    ("accounts_operator", "user_id"),
    ("audit_event", "action"),
    ("ledger_transaction", "id"),
]


@pytest.fixture
def operator(workplace: Workplace) -> psycopg.Connection:
    return psycopg.connect(workplace.servers.role_url(roles.OPERATOR, workplace.database), autocommit=True)


@pytest.mark.parametrize("model", OWN, ids=lambda model: model.__name__)
def test_every_column_that_a_page_names_can_be_read(model: type[models.Model], operator: psycopg.Connection) -> None:
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)

    with operator:
        operator.execute(f'SELECT {columns} FROM "{model._meta.db_table}" LIMIT 1')


def test_it_reads_the_rows_of_every_workspace(alice: Persona, mallory: Persona, operator: psycopg.Connection) -> None:
    with operator:
        found = {slug for (slug,) in operator.execute("SELECT slug FROM accounts_workspace")}

    assert {alice.workspace.slug, mallory.workspace.slug} <= found


@pytest.mark.parametrize(("table", "column"), [*SEALED, *SECRET], ids=str)
def test_nothing_sealed_or_secret_can_be_read(table: str, column: str, operator: psycopg.Connection) -> None:
    with connection.cursor() as cursor:
        # It is there, and the web role does read it.
        cursor.execute("SELECT has_column_privilege(%s, %s, 'SELECT')", [table, column])
        assert cursor.fetchone() == (True,)
    with operator, pytest.raises(psycopg.errors.InsufficientPrivilege):
        operator.execute(f'SELECT "{column}" FROM "{table}" LIMIT 1')


def test_no_model_of_the_operators_names_a_sealed_field() -> None:
    assert SEALED
    assert OWN
    assert not [model for model in OWN if any(isinstance(field, SealedField) for field in model._meta.concrete_fields)]
    assert not any(model._meta.managed for model in OWN)


def test_it_writes_nothing_anywhere(operator: psycopg.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
    rights = (
        "SELECT has_any_column_privilege(%s, 'INSERT, UPDATE') OR has_table_privilege(%s, 'DELETE, TRUNCATE, TRIGGER')"
    )
    with operator:
        assert tables
        assert [name for name in tables if operator.execute(rights, [name, name]).fetchone() != (False,)] == []
