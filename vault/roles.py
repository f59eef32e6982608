"""The five database roles and the database they share. Idempotent; run from an administrative connection.

The owner's role runs migrations and owns every table; the others own nothing and create nothing. A password reaches the
server only as a SCRAM verifier made here, so that no statement log can hold it.
"""

from dataclasses import dataclass, field, fields
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

OWNER = "counterfoil_owner"
WEB = "counterfoil_web"
SCHEDULER = "counterfoil_scheduler"
OPERATOR = "counterfoil_operator"
BACKUP = "counterfoil_backup"
ROLES = (OWNER, WEB, SCHEDULER, OPERATOR, BACKUP)

MAY_DO_TOO_MUCH = """
    SELECT rolname FROM pg_roles
    WHERE rolname = ANY (%s) AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
"""
TABLES_IN_PUBLIC = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"


class UnsafeRole(RuntimeError):
    """A role of this name exists and may do more than it should."""


class ForeignDatabase(RuntimeError):
    """The database holds tables and belongs to somebody else."""


@dataclass(frozen=True, slots=True)
class RolePasswords:
    owner: str = field(repr=False)
    web: str = field(repr=False)
    scheduler: str = field(repr=False)
    operator: str = field(repr=False)
    backup: str = field(repr=False)

    def by_role(self) -> dict[str, str]:
        return dict(zip(ROLES, (getattr(self, one.name) for one in fields(self)), strict=True))


def create_roles(admin_url: str, passwords: RolePasswords) -> None:
    """Makes the roles or sets their passwords anew. Raises UnsafeRole when one of them may do too much."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        for role, password in passwords.by_role().items():
            _create_role(admin, role, password)
        unsafe = [name for (name,) in admin.execute(MAY_DO_TOO_MUCH, [list(ROLES)])]
        if unsafe:
            raise UnsafeRole(f"These roles may do more than they should: {', '.join(unsafe)}")
        _run(admin, "ALTER ROLE {} SET default_transaction_read_only = on", BACKUP)
        _run(admin, "GRANT {} TO CURRENT_USER", OWNER)


def create_database(admin_url: str, name: str, *, template: str = "template0") -> None:
    """Makes the database as the owner's, or takes over an empty one, and lets in only the roles.

    Raises ForeignDatabase when it has tables and another owner.
    """
    with psycopg.connect(admin_url, autocommit=True) as admin:
        found = admin.execute(
            "SELECT pg_get_userbyid(datdba) = %s FROM pg_database WHERE datname = %s", [OWNER, name]
        ).fetchone()
        if found is None:
            _run(admin, "CREATE DATABASE {} OWNER {} TEMPLATE {}", name, OWNER, template)
        elif not found[0]:
            _take_over(admin, admin_url, name)
        _run(admin, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        _run(admin, "GRANT CONNECT ON DATABASE {} TO {}, {}, {}, {}", name, WEB, SCHEDULER, OPERATOR, BACKUP)
        # Bulk loads go through a temporary table, since COPY is refused under row-level security.
        _run(admin, "GRANT TEMPORARY ON DATABASE {} TO {}", name, WEB)
    with psycopg.connect(make_conninfo(admin_url, dbname=name)) as inside:
        _prepare_schema(inside)


def _create_role(admin: psycopg.Connection, role: str, password: str) -> None:
    if admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        _run(admin, "CREATE ROLE {}", role)
    verifier = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    statement = sql.SQL("ALTER ROLE {} WITH LOGIN PASSWORD {}")
    admin.execute(statement.format(sql.Identifier(role), sql.Literal(verifier.decode())))


def _take_over(admin: psycopg.Connection, admin_url: str, name: str) -> None:
    with psycopg.connect(make_conninfo(admin_url, dbname=name)) as inside:
        count = inside.execute(TABLES_IN_PUBLIC).fetchone()
    if count != (0,):
        raise ForeignDatabase(f"The database {name} holds tables and does not belong to {OWNER}")
    _run(admin, "ALTER DATABASE {} OWNER TO {}", name, OWNER)


def _prepare_schema(inside: psycopg.Connection) -> None:
    inside.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
    _run(inside, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    _run(inside, "GRANT USAGE ON SCHEMA public TO {}, {}, {}, {}", WEB, SCHEDULER, OPERATOR, BACKUP)
    # Every backup holds every table; which rows of a tenant's table it sees is the table's own policy.
    for things in (sql.SQL("TABLES"), sql.SQL("SEQUENCES")):
        grant = sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON {} TO {}")
        inside.execute(grant.format(things, sql.Identifier(BACKUP)))


def _run(connection: psycopg.Connection, statement: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))
