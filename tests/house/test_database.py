"""The live database keeps the rules of tenancy, and the tests run as the role that the product runs as."""

import psycopg
import pytest
from django.apps import apps
from django.db import connection

from tests.support.environment import Workplace
from vault import roles
from vault.catalog import find_problems

pytestmark = pytest.mark.django_db

# Tables without a workspace. Each is here on purpose, and says why in the database itself.
GLOBAL_TABLES = {
    "accounts_accountdeletion",
    "accounts_addresschange",
    "account_emailaddress",
    "account_emailconfirmation",
    "accounts_backupcode",
    "accounts_backupcodes",
    "accounts_emaildevice",
    "accounts_knowndevice",
    "accounts_operator",
    "accounts_passkey",
    "accounts_recoveryrequest",
    "accounts_totpdevice",
    "accounts_user",
    "accounts_usersession",
    "accounts_workspace",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "axes_accessattempt",
    "axes_accessattemptexpiration",
    "axes_accessfailurelog",
    "axes_accesslog",
    "django_admin_log",
    "django_content_type",
    "django_migrations",
    "vault_personkey",
    "violations_violation",
}


# R46, R47; vault's own tests show that each kind of problem would be found.
def test_the_catalog_has_no_problem() -> None:
    assert find_problems(connection) == []


def test_tables_without_a_workspace_are_those_that_are_meant() -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute(
            "SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname = 'workspace_id'"
        )
        tenants = {name for (name,) in cursor.fetchall()}

    assert tenants
    assert tables - tenants == GLOBAL_TABLES


def test_every_table_belongs_to_the_owner_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchall() == [(roles.OWNER,)]


def test_the_product_and_its_tests_connect_as_the_web_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (roles.WEB, False, False)


def test_the_web_role_creates_and_truncates_nothing(workplace: Workplace) -> None:
    with psycopg.connect(workplace.servers.role_url(roles.WEB, workplace.database), autocommit=True) as web:
        web.execute("CREATE TEMPORARY TABLE allowed (a int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("CREATE TABLE refused (a int)")
        for model in apps.get_models():
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(f'TRUNCATE "{model._meta.db_table}"')
