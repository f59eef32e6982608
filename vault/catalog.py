"""Holds the live database's catalog to the rules of tenancy: what the models say is not evidence, the catalog is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vault.rls import GLOBAL_COMMENT, TENANT_COMMENT

TABLES = """
    SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, coalesce(obj_description(c.oid, 'pg_class'), ''),
           pg_get_userbyid(c.relowner),
           EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'workspace_id' AND NOT attisdropped),
           has_table_privilege('counterfoil_web', c.oid, 'TRUNCATE')
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
POLICIES = """
    SELECT polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid),
           ARRAY(SELECT rolname::text FROM pg_roles WHERE oid = ANY (polroles))
    FROM pg_policy WHERE polrelid = %s
"""
INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid, 1, true)
    FROM pg_index i WHERE i.indrelid = %s AND NOT i.indisprimary
"""
VIEWS = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND (relkind = 'm' OR relkind = 'v' AND NOT coalesce(reloptions::text LIKE '%%security_invoker=true%%', false))
"""
FUNCTIONS = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
ROLES = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'counterfoil\\_%%' AND (rolsuper OR rolbypassrls)"

# A policy besides the tenant's own: who may read by it. Anyone by a setting, or one role everything.
READ_POLICIES = {
    "backup": ["counterfoil_backup"],
    "scheduler": ["counterfoil_scheduler"],
    "operator": ["counterfoil_operator"],
    "person": [],
    "granted": [],
    "route": [],
}


@dataclass(frozen=True, slots=True)
class Table:
    oid: int
    name: str
    enabled: bool
    forced: bool
    comment: str
    owner: str
    has_workspace: bool
    web_truncates: bool


def find_problems(connection: Any) -> list[str]:
    """Every way in which the connected database breaks tenancy, as sentences; empty when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(ROLES)
        problems = [f"role {name} may bypass row-level security" for (name,) in cursor.fetchall()]
        cursor.execute(VIEWS)
        problems += [f"view {name} would show every workspace's rows" for (name,) in cursor.fetchall()]
        cursor.execute(FUNCTIONS)
        problems += [f"function {name} sees what its owner may see" for (name,) in cursor.fetchall()]
        cursor.execute(TABLES)
        for row in cursor.fetchall():
            table = Table(*row)
            problems += [f"table {table.name} {problem}" for problem in _problems_of(cursor, table)]
    return problems


def _problems_of(cursor: Any, table: Table) -> Iterator[str]:
    if table.owner == "counterfoil_web":
        yield "is owned by the web role"
    if table.web_truncates:
        yield "may be truncated by the web role, which no policy stops"
    if table.comment.startswith(TENANT_COMMENT):
        yield from _tenant_problems(cursor, table)
    elif table.has_workspace:
        yield "has a workspace and is not protected as a tenant's table"
    elif not table.comment.startswith(GLOBAL_COMMENT):
        yield "does not say whether it is a tenant's or global"


def _tenant_problems(cursor: Any, table: Table) -> Iterator[str]:
    column = table.comment.removeprefix(TENANT_COMMENT)
    if not (table.enabled and table.forced):
        yield "does not enable and force row-level security"
    cursor.execute(POLICIES, [table.oid])
    found = {name: rest for name, *rest in cursor.fetchall()}
    expected = f"({column} = ( SELECT (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid"
    command, using, check, _ = found.pop("tenant", ["", "", "", []])
    if command != "*" or using != check or not str(using).startswith(expected):
        yield "has no tenant policy on what is read and what is written"
    for name, (command, _, _, roles) in found.items():
        if name not in READ_POLICIES or command != "r" or roles != READ_POLICIES[name]:
            yield f"has a policy {name} that nobody declared"
    if column == "workspace_id":
        cursor.execute(INDEXES, [table.oid])
        for name, first in cursor.fetchall():
            if first != "workspace_id":
                yield f"has an index {name} that does not lead with the workspace"
