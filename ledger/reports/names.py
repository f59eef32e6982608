"""Names opened once a report: what sheets name by code and rows by id."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ledger.kinds import CategoryKind
from ledger.models import Account, Category, Counterparty
from ledger.sealed import open_all
from vault.blobs import fetch_binary

FIRST_DAYS = """
    SELECT code, (
        SELECT min(date) FROM ledger_transaction t WHERE t.workspace_id = a.workspace_id AND t.account_id = a.id
    ) FROM ledger_account a
"""
CATEGORIES = "SELECT id, code, kind, archived_at, name FROM ledger_category ORDER BY code"


@dataclass(frozen=True, slots=True, repr=False)
class CategoryName:
    id: UUID
    code: int
    kind: CategoryKind
    name: str
    is_archived: bool


def read_accounts() -> list[Account]:
    """Every account, closed ones too, in the order they were added."""
    return list(Account.objects.order_by("code"))


def read_first_days() -> dict[int, date]:
    """By code, the date of an account's first row, where it has any."""
    return {code: first for code, first in fetch_binary(FIRST_DAYS) if first is not None}


def read_categories() -> dict[int, CategoryName]:
    """Every category by code, archived ones too."""
    rows = fetch_binary(CATEGORIES)
    names = open_all(Category, "name", ((row[0], row[4]) for row in rows))
    return {
        code: CategoryName(row_id, code, CategoryKind(kind), name, archived_at is not None)
        for (row_id, code, kind, archived_at, _), name in zip(rows, names, strict=True)
    }


def read_counterparties(codes: Collection[int]) -> dict[int, Counterparty]:
    """The counterparties of these codes."""
    return {one.code: one for one in Counterparty.objects.filter(code__in=[code for code in codes if code])}
