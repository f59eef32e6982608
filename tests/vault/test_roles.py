"""The database roles as an administrator makes them, who need not be a superuser."""

from collections.abc import Iterator
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from config.demo.ports import find_free_port
from config.demo.postgres import EmbeddedPostgres
from vault import roles


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server of this module's own: roles are the whole server's, and other tests rely on theirs."""

    server: EmbeddedPostgres
    passwords: roles.RolePasswords

    @property
    def admin(self) -> str:
        return self.server.admin_url

    def url(self, role: str, database: str) -> str:
        return make_conninfo(self.admin, user=role, password=self.passwords.by_role()[role], dbname=database)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("roles")
    server = EmbeddedPostgres(folder / "postgres", folder / "log", find_free_port(), token_hex(8), durable=False)
    child = server.start(server.begin_initialising())
    try:
        server.wait_until_ready(child)
        passwords = roles.RolePasswords(*(token_hex(8) for _ in range(5)))
        roles.create_roles(server.admin_url, passwords)
        yield Cluster(server, passwords)
    finally:
        child.stop()


@pytest.fixture
def database(cluster: Cluster) -> str:
    name = f"books_{token_hex(4)}"
    roles.create_database(cluster.admin, name)
    return name


def test_making_everything_again_changes_nothing(cluster: Cluster, database: str) -> None:
    roles.create_roles(cluster.admin, cluster.passwords)
    roles.create_database(cluster.admin, database)

    for role in roles.ROLES:
        psycopg.connect(cluster.url(role, database)).close()


def test_nobody_else_may_connect(cluster: Cluster, database: str) -> None:
    stranger = f"stranger_{token_hex(4)}"
    with psycopg.connect(cluster.admin, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {stranger} LOGIN PASSWORD 'known'")

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(make_conninfo(cluster.admin, user=stranger, password="known", dbname=database))


def test_the_backup_role_reads_the_owners_tables_and_writes_nothing(cluster: Cluster, database: str) -> None:
    with psycopg.connect(cluster.url(roles.OWNER, database)) as owner:
        owner.execute("CREATE TABLE facts (id int); INSERT INTO facts VALUES (1)")

    with psycopg.connect(cluster.url(roles.BACKUP, database)) as backup:
        assert backup.execute("SELECT count(*) FROM facts").fetchone() == (1,)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            backup.execute("INSERT INTO facts VALUES (2)")


@pytest.mark.parametrize("role", [roles.WEB, roles.SCHEDULER, roles.OPERATOR, roles.BACKUP])
def test_no_role_but_the_owner_makes_a_table(cluster: Cluster, database: str, role: str) -> None:
    with (
        psycopg.connect(cluster.url(role, database), options="-c default_transaction_read_only=off") as other,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        other.execute("CREATE TABLE mine (id int)")


def test_a_password_never_reaches_the_server_in_plain(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    statements: list[str] = []
    execute = psycopg.Connection.execute

    def listening(self: psycopg.Connection, query: Any, *args: Any) -> object:
        statements.append(query.as_string(self) if isinstance(query, psycopg.sql.Composable) else query)
        return execute(self, query, *args)

    monkeypatch.setattr(psycopg.Connection, "execute", listening)
    passwords = cluster.passwords
    roles.create_roles(cluster.admin, passwords)

    assert any("SCRAM-SHA-256$" in statement for statement in statements)
    assert not any(secret in statement for statement in statements for secret in passwords.by_role().values())


def test_a_role_that_may_do_too_much_is_refused(cluster: Cluster) -> None:
    with psycopg.connect(cluster.admin, autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {roles.OPERATOR} BYPASSRLS")
        try:
            with pytest.raises(roles.UnsafeRole, match=roles.OPERATOR):
                roles.create_roles(cluster.admin, cluster.passwords)
        finally:
            connection.execute(f"ALTER ROLE {roles.OPERATOR} NOBYPASSRLS")


def test_an_empty_database_is_taken_over_and_a_used_one_is_not(cluster: Cluster) -> None:
    empty, used = f"roles_{token_hex(4)}", f"roles_{token_hex(4)}"
    with psycopg.connect(cluster.admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {empty}")
        connection.execute(f"CREATE DATABASE {used}")
    with psycopg.connect(make_conninfo(cluster.admin, dbname=used)) as inside:
        inside.execute("CREATE TABLE theirs (id int)")

    roles.create_database(cluster.admin, empty)
    with pytest.raises(roles.ForeignDatabase, match=used):
        roles.create_database(cluster.admin, used)


def test_an_administrator_need_not_be_a_superuser(cluster: Cluster) -> None:
    boss = f"boss_{token_hex(4)}"
    with psycopg.connect(cluster.admin, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {boss} LOGIN CREATEROLE CREATEDB PASSWORD 'known'")
        for role in roles.ROLES:
            connection.execute(f"GRANT {role} TO {boss} WITH ADMIN TRUE")
    admin, name = make_conninfo(cluster.admin, user=boss, password="known"), f"books_{token_hex(4)}"

    roles.create_roles(admin, cluster.passwords)
    roles.create_database(admin, name)

    psycopg.connect(cluster.url(roles.WEB, name)).close()
