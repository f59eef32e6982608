"""The check of the live catalog, each fault planted by the table's owner and taken back. R46."""

from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.support.environment import Workplace
from vault import roles
from vault.catalog import find_problems

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(workplace: Workplace, db: None) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(workplace.servers.role_url(roles.OWNER, workplace.database), autocommit=True) as opened:
        yield opened
        opened.execute("DROP TABLE IF EXISTS planted CASCADE")


PROTECTED = """
    CREATE TABLE planted (id uuid PRIMARY KEY, workspace_id uuid NOT NULL);
    COMMENT ON TABLE planted IS 'tenant: workspace_id';
    ALTER TABLE planted ENABLE ROW LEVEL SECURITY;
    ALTER TABLE planted FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON planted
        USING (workspace_id = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
        WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
"""


def test_the_database_has_no_problem(db: None) -> None:
    assert find_problems(connection) == []
    call_command("check", databases=["default"])


def test_a_protected_table_passes(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    owner.execute(PROTECTED)
    assert find_problems(connection) == []


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("ALTER TABLE planted DISABLE ROW LEVEL SECURITY", "does not enable and force"),
        ("ALTER TABLE planted NO FORCE ROW LEVEL SECURITY", "does not enable and force"),
        ("DROP POLICY tenant ON planted", "no tenant policy"),
        ("ALTER POLICY tenant ON planted USING (true)", "no tenant policy"),
        ("ALTER POLICY tenant ON planted WITH CHECK (true)", "no tenant policy"),
        ("CREATE POLICY more ON planted FOR SELECT USING (true)", "nobody declared"),
        ("CREATE POLICY backup ON planted FOR SELECT USING (true)", "nobody declared"),
        ("CREATE INDEX planted_index ON planted (id)", "does not lead with the workspace"),
        ("COMMENT ON TABLE planted IS NULL", "not protected as a tenant's table"),
        ("COMMENT ON TABLE planted IS 'global: because'", "not protected as a tenant's table"),
        ("GRANT TRUNCATE ON planted TO counterfoil_web", "may be truncated"),
        (
            "CREATE FUNCTION planted_look(planted) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "sees what its owner may see",
        ),
        ("CREATE VIEW planted_view AS SELECT * FROM planted", "would show every workspace's rows"),
    ],
)
def test_each_fault_is_named(owner: psycopg.Connection[tuple[object, ...]], fault: str, says: str) -> None:
    owner.execute(PROTECTED)
    owner.execute(fault)
    problems = find_problems(connection)
    assert len(problems) == 1, problems
    assert "planted" in problems[0]
    assert says in problems[0]
    with pytest.raises(CommandError, match="planted"):
        call_command("check", databases=["default"])


def test_a_table_that_says_nothing_is_refused(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    owner.execute("CREATE TABLE planted (id uuid PRIMARY KEY)")
    assert find_problems(connection) == ["table planted does not say whether it is a tenant's or global"]
