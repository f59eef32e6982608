"""Row-level security as migration operations. Each belongs in the migration that creates its table.

Every table says in its comment what it is, `tenant: <column>` or `global: <why>`; `vault.catalog` holds the live
database to it.
"""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import RunSQL

SCOPE = "(SELECT nullif(current_setting('app.workspace_id', true), '')::uuid)"
PERSON = "(SELECT nullif(current_setting('app.user_id', true), '')::uuid)"
ROUTE = "(SELECT decode(nullif(current_setting('app.route', true), ''), 'hex'))"
TENANT_COMMENT, GLOBAL_COMMENT = "tenant: ", "global: "

WRITE = "SELECT, INSERT, UPDATE, DELETE"
APPEND = "SELECT, INSERT"

# What RunSQL takes: a statement, or one with its parameters.
Statement = str | tuple[str, dict[str, Any] | list[Any] | tuple[Any, ...] | tuple[()] | None]


class ProtectTenantTable(RunSQL):
    """Enable and force row-level security on a workspace's table, and grant each role what it needs.

    `scheduler` names the columns by which the scheduler finds work; it sees them in every workspace and nothing else.
    `references_workspace` adds the foreign key to the workspace; the tables of vault and audit go without.
    """

    def __init__(
        self,
        table: str,
        *,
        web: str = WRITE,
        scheduler: Sequence[str] = (),
        column: str = "workspace_id",
        references_workspace: bool = True,
        id_column: str | None = "id",
    ) -> None:
        self.arguments = (table,)
        self.options = {
            "web": web,
            "scheduler": scheduler,
            "column": column,
            "references_workspace": references_workspace,
            "id_column": id_column,
        }
        forward: list[Statement] = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING ({column} = {SCOPE}) WITH CHECK ({column} = {SCOPE})",
            f"CREATE POLICY backup ON {table} FOR SELECT TO counterfoil_backup USING (true)",
            f"REVOKE ALL ON {table} FROM PUBLIC",
            f"GRANT {web} ON {table} TO counterfoil_web",
            f"GRANT SELECT ON {table} TO counterfoil_backup",
            f"COMMENT ON TABLE {table} IS '{TENANT_COMMENT}{column}'",
        ]
        if column == "workspace_id" and id_column is not None:
            forward.append(f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenant_id UNIQUE (workspace_id, {id_column})")
        if column == "workspace_id" and references_workspace:
            forward.append(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_workspace FOREIGN KEY (workspace_id) "
                "REFERENCES accounts_workspace (id) DEFERRABLE INITIALLY DEFERRED"
            )
        if scheduler:
            forward += [
                f"CREATE POLICY scheduler ON {table} FOR SELECT TO counterfoil_scheduler USING (true)",
                f"GRANT SELECT ({', '.join(scheduler)}) ON {table} TO counterfoil_scheduler",
            ]
        backward: list[Statement] = [
            f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_workspace",
            f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_tenant_id",
            f"REVOKE ALL ON {table} FROM counterfoil_web, counterfoil_backup, counterfoil_scheduler",
            *(f"DROP POLICY IF EXISTS {policy} ON {table}" for policy in ("tenant", "backup", "scheduler")),
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]
        super().__init__(forward, backward)

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return type(self).__name__, list(self.arguments), dict(self.options)


class ProtectGlobalTable(RunSQL):
    """Grant on a table that belongs to no workspace, and record why it may."""

    def __init__(self, table: str, *, because: str, web: str = WRITE) -> None:
        self.table, self.because, self.web = table, because, web
        reason = because.replace("'", "''")
        super().__init__(
            [
                f"REVOKE ALL ON {table} FROM PUBLIC",
                f"GRANT {web} ON {table} TO counterfoil_web",
                f"GRANT SELECT ON {table} TO counterfoil_backup",
                f"COMMENT ON TABLE {table} IS '{GLOBAL_COMMENT}{reason}'",
            ],
            [
                f"REVOKE ALL ON {table} FROM counterfoil_web, counterfoil_backup",
                f"COMMENT ON TABLE {table} IS NULL",
            ],
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return type(self).__name__, [self.table], {"because": self.because, "web": self.web}


class AddReadPolicy(RunSQL):
    """A second way to read rows of a tenant table, by a setting that only `vault.tenancy` makes."""

    def __init__(self, table: str, name: str, using: str) -> None:
        self.arguments = [table, name, using]
        super().__init__(
            [f"CREATE POLICY {name} ON {table} FOR SELECT USING ({using})"], [f"DROP POLICY {name} ON {table}"]
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return type(self).__name__, self.arguments, {}


class LetOperatorsRead(RunSQL):
    """Grant the operators' role some columns of a table, in every workspace. Name none that is sealed.

    A `tenant` table needs a policy for it too, of the rows for which `using` holds; a global one has no row-level security.
    """

    def __init__(self, table: str, *columns: str, tenant: bool = True, using: str = "true") -> None:
        self.arguments = [table, *columns]
        self.options = {"tenant": tenant, "using": using}
        forward: list[Statement] = [f"GRANT SELECT ({', '.join(columns)}) ON {table} TO counterfoil_operator"]
        backward: list[Statement] = [f"REVOKE ALL ({', '.join(columns)}) ON {table} FROM counterfoil_operator"]
        if tenant:
            forward.append(f"CREATE POLICY operator ON {table} FOR SELECT TO counterfoil_operator USING ({using})")
            backward.append(f"DROP POLICY operator ON {table}")
        super().__init__(forward, backward)

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return type(self).__name__, self.arguments, dict(self.options)


class LetSchedulerRead(RunSQL):
    """Let the scheduler find work by some columns of a tenant table that was made without it."""

    def __init__(self, table: str, *columns: str) -> None:
        self.arguments = [table, *columns]
        named = ", ".join(columns)
        super().__init__(
            [
                f"GRANT SELECT ({named}) ON {table} TO counterfoil_scheduler",
                f"CREATE POLICY scheduler ON {table} FOR SELECT TO counterfoil_scheduler USING (true)",
            ],
            [
                f"DROP POLICY scheduler ON {table}",
                f"REVOKE ALL ({named}) ON {table} FROM counterfoil_scheduler",
            ],
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return type(self).__name__, self.arguments, {}


class AddTenantForeignKey(RunSQL):
    """The database's side of a TenantForeignKey: a constraint that cannot point into another workspace."""

    def __init__(self, table: str, column: str, parent: str, parent_column: str = "id") -> None:
        self.arguments = [table, column, parent, parent_column]
        name = f"{table}_{column}_tenant"
        super().__init__(
            [
                (
                    f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (workspace_id, {column}) "
                    f"REFERENCES {parent} (workspace_id, {parent_column}) DEFERRABLE INITIALLY DEFERRED"
                )
            ],
            [f"ALTER TABLE {table} DROP CONSTRAINT {name}"],
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return type(self).__name__, self.arguments, {}


class AppendOnly(RunSQL):
    """Refuse UPDATE, DELETE and TRUNCATE by trigger, also to the table's owner; the grants refuse them first."""

    def __init__(self, table: str) -> None:
        self.table = table
        function = f"{table}_refuse_change"
        super().__init__(
            [
                (
                    f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS "
                    f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
                ),
                (
                    f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} "
                    f"FOR EACH ROW EXECUTE FUNCTION {function}()"
                ),
                (
                    f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} "
                    f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
                ),
            ],
            [
                f"DROP TRIGGER refuse_truncate ON {table}",
                f"DROP TRIGGER refuse_change ON {table}",
                f"DROP FUNCTION {function}()",
            ],
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return type(self).__name__, [self.table], {}
