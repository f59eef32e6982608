"""How fast a first sync is written, and what it leaves in the database."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.company import Company, apply_rows, rebuild_months
from vault.blobs import fetch_binary

SIZES = """
    SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, pg_table_size('ledger_transaction'),
        pg_indexes_size('ledger_transaction'), pg_total_relation_size('ledger_sheetpart')
"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes: of the write-ahead log so far, of the transactions' rows, of their indexes, of the sealed sheets."""

    wal: int
    rows: int
    indexes: int
    sheets: int


@dataclass(frozen=True, slots=True)
class Loading:
    """`grown` is what was added; seconds are those of the pages, then of rebuilding each month once."""

    order: str
    rows: int
    page_seconds: float
    rebuild_seconds: float
    grown: Sizes

    @property
    def rows_a_second(self) -> float:
        return self.rows / (self.page_seconds + self.rebuild_seconds)


def load_by_date(company: Company) -> Loading:
    """All rows, oldest first."""
    return _load(company, range(company.rows), "by date")


def load_shuffled(company: Company) -> Loading:
    """All rows in an order of chance: each page touches nearly every month."""
    numbers = list(range(company.rows))
    random.Random(1).shuffle(numbers)  # noqa: S311 - the same order each time
    return _load(company, numbers, "shuffled")


def _load(company: Company, numbers: Sequence[int], order: str) -> Loading:
    before = _read_sizes()
    pages, rebuild = apply_rows(company, numbers), rebuild_months(company)
    after = _read_sizes()
    grown = Sizes(
        after.wal - before.wal, after.rows - before.rows, after.indexes - before.indexes, after.sheets - before.sheets
    )
    return Loading(order, len(numbers), pages.seconds, rebuild.seconds, grown)


def _read_sizes() -> Sizes:
    return Sizes(*fetch_binary(SIZES)[0])
