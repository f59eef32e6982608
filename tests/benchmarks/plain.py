"""The opponent: the same rows in plain text under the same row-level security, with the indexes it could wish for.

The tables stand in a schema of their own, which the owner's role makes and drops. There is a roll-up too: what a careful
hand would add when sums over rows get slow.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg

from tests.benchmarks.company import Company
from vault.blobs import fetch_binary
from vault.rls import SCOPE

CREATE = """
    CREATE SCHEMA benchmark;
    GRANT USAGE ON SCHEMA benchmark TO counterfoil_web;
    CREATE TABLE benchmark.plain (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(), workspace_id uuid NOT NULL, account_id uuid NOT NULL,
        category_id uuid, date date NOT NULL, status varchar(8) NOT NULL, currency varchar(3) NOT NULL,
        minor bigint NOT NULL, description text NOT NULL, counterparty text, memo text
    );
    CREATE TABLE benchmark.roll_up (
        workspace_id uuid, month date, account_id uuid, category_id uuid, status varchar(8), currency varchar(3),
        money_in bigint, money_out bigint, count bigint
    );
"""
COPY = """
    COPY benchmark.plain (workspace_id, account_id, category_id, date, status, currency, minor, description,
        counterparty, memo) FROM STDIN
"""
FINISH = """
    INSERT INTO benchmark.roll_up
        SELECT workspace_id, date_trunc('month', date), account_id, category_id, status, currency,
            sum(greatest(minor, 0)), sum(least(minor, 0)), count(*)
        FROM benchmark.plain GROUP BY 1, 2, 3, 4, 5, 6;
    CREATE INDEX ON benchmark.plain (workspace_id, date) INCLUDE (account_id, category_id, status, currency, minor);
    CREATE INDEX ON benchmark.plain (workspace_id, date, id);
    CREATE INDEX ON benchmark.plain (workspace_id, account_id, date, id);
    CREATE INDEX ON benchmark.plain (workspace_id, category_id, date, id);
    CREATE INDEX ON benchmark.plain (workspace_id, minor, id);
    CREATE INDEX ON benchmark.roll_up (workspace_id, month);
"""
# COPY is refused once row-level security is forced, so it comes last.
PROTECT = f"""
    ALTER TABLE {{0}} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {{0}} FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON {{0}} USING (workspace_id = {SCOPE});
    GRANT SELECT ON {{0}} TO counterfoil_web;
"""
TABLES = ("benchmark.plain", "benchmark.roll_up")
VACUUMED = (*TABLES, "ledger_transaction", "ledger_sheethead", "ledger_sheetpart", "ledger_counterparty")

ROWS, ROLL_UP = "plain rows", "plain roll-up"
SUMS = {
    ROWS: """
        SELECT date_trunc('month', date)::date, category_id, currency, status, sum(minor), count(*)
        FROM benchmark.plain WHERE date BETWEEN %s AND %s GROUP BY 1, 2, 3, 4
    """,
    ROLL_UP: """
        SELECT month, category_id, currency, status, sum(money_in + money_out), sum(count)
        FROM benchmark.roll_up WHERE month BETWEEN %s AND %s GROUP BY 1, 2, 3, 4
    """,
}
FLOWS = {
    ROWS: """
        SELECT date_trunc('month', date)::date, account_id, category_id, sum(greatest(minor, 0)), sum(least(minor, 0)),
            count(*)
        FROM benchmark.plain WHERE status = 'posted' GROUP BY 1, 2, 3
    """,
    ROLL_UP: """
        SELECT month, account_id, category_id, sum(money_in), sum(money_out), sum(count)
        FROM benchmark.roll_up WHERE status = 'posted' GROUP BY 1, 2, 3
    """,
}
LIKE = "(description ILIKE %s OR counterparty ILIKE %s OR memo ILIKE %s)"
FIRST_50 = "SELECT * FROM benchmark.plain WHERE {where} ORDER BY {order} DESC, id DESC LIMIT 51"
TOTALS = """
    SELECT currency, count(*), sum(greatest(minor, 0)), sum(least(minor, 0)) FROM benchmark.plain WHERE {where}
    GROUP BY currency
"""


@contextmanager
def plain_tables(owner_url: str, companies: Sequence[Company]) -> Iterator[None]:
    """The rows of these companies as plain text, vacuumed and analysed like the ledger's own tables."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(CREATE)
        try:
            for company in companies:
                _copy(owner, company)
            owner.execute(FINISH)
            for table in TABLES:
                owner.execute(PROTECT.format(table).encode())
            for table in VACUUMED:
                owner.execute(f"VACUUM ANALYZE {table}".encode())
            yield
        finally:
            owner.execute("DROP SCHEMA benchmark CASCADE")


def ask_sums(side: str) -> Callable[[Company], list[tuple[object, ...]]]:
    """Sums by month, category, currency and status, from the rows or from the roll-up."""
    return lambda company: fetch_binary(SUMS[side], [company.generator.first_month, company.generator.today])


def ask_flows(side: str) -> Callable[[Company], list[tuple[object, ...]]]:
    """Posted money in and out by month, account and category: what an overview is computed from."""
    return lambda _: fetch_binary(FLOWS[side])


def ask_page(
    where: str, parameters: Callable[[Company], list[object]], order: str = "date"
) -> Callable[[Company], tuple[int, int]]:
    """The first 50 rows, and one to know whether there are more, with the totals; returns how many of each."""

    def ask(company: Company) -> tuple[int, int]:
        rows = fetch_binary(FIRST_50.format(where=where, order=order), parameters(company))
        totals = fetch_binary(TOTALS.format(where=where), parameters(company))
        return len(rows), sum(count for _, count, _, _ in totals)

    return ask


def _copy(owner: psycopg.Connection, company: Company) -> None:
    with owner.cursor() as cursor, cursor.copy(COPY) as copy:
        for number, feed in company.generator.feeds():
            copy.write_row(
                (
                    company.workspace.pk,
                    company.accounts[feed.account_provider_id],
                    company.categories.get(company.generator.category_of(number)),
                    feed.date,
                    "pending" if feed.pending else "posted",
                    feed.currency,
                    feed.amount_minor,
                    feed.description,
                    feed.counterparty,
                    feed.memo,
                )
            )
