"""How fast rows are written page by page, and what they leave in the database."""

from dataclasses import dataclass
from uuid import UUID

from accounts.access import workspace_scope
from tests.benchmarks.company import Company, apply_rows, rebuild_months
from vault.blobs import fetch_binary

SIZES = """
    SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, pg_table_size('ledger_transaction'),
        pg_indexes_size('ledger_transaction'), (SELECT coalesce(sum(length(sealed)), 0)::bigint FROM ledger_sheetpart)
"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes: of the write-ahead log so far, of all transactions' rows, of their indexes, of a workspace's sealed sheets."""

    wal: int
    rows: int
    indexes: int
    sheets: int


@dataclass(frozen=True, slots=True)
class Loading:
    """`grown` is what was added; seconds are those of the pages, then of rebuilding each month once."""

    rows: int
    page_seconds: float
    rebuild_seconds: float
    grown: Sizes

    @property
    def rows_a_second(self) -> float:
        return self.rows / (self.page_seconds + self.rebuild_seconds)


def load(company: Company) -> Loading:
    """All rows, oldest first, through the ledger's own action."""
    before = read_sizes(company.workspace.pk)
    pages, rebuild = apply_rows(company, range(company.rows)), rebuild_months(company)
    return Loading(company.rows, pages.seconds, rebuild.seconds, grown_since(before, company.workspace.pk))


def read_sizes(workspace_id: UUID) -> Sizes:
    with workspace_scope(workspace_id):
        return Sizes(*fetch_binary(SIZES)[0])


def grown_since(before: Sizes, workspace_id: UUID) -> Sizes:
    now = read_sizes(workspace_id)
    return Sizes(now.wal - before.wal, now.rows - before.rows, now.indexes - before.indexes, now.sheets - before.sheets)
