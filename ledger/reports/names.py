"""Names opened once a report: what sheets name by code and rows by id."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from ledger.kinds import CategoryKind
from ledger.models import Account, AccountFacts, Category, Counterparty
from ledger.sealed import open_all
from vault.blobs import fetch_binary
from vault.tenancy import current_workspace_id

FIRST_DAYS = """
    SELECT code, (
        SELECT min(date) FROM ledger_transaction t WHERE t.workspace_id = a.workspace_id AND t.account_id = a.id
    ) FROM ledger_account a
"""
CATEGORIES = "SELECT id, code, kind, archived_at IS NOT NULL, name FROM ledger_category ORDER BY code"
CATEGORIES_AND_BASE = """
    SELECT c.id, c.code, c.kind, c.archived_at IS NOT NULL, c.name, w.base_currency
    FROM accounts_workspace w LEFT JOIN ledger_category c ON c.workspace_id = w.id WHERE w.id = %s ORDER BY c.code
"""
ACCOUNTS = "SELECT id, code, kind, currency, closed_at, facts FROM ledger_account ORDER BY code"
ACCOUNTS_AND_CATEGORIES = """
    SELECT true AS is_account, id, code, kind, currency, closed_at, facts FROM ledger_account
    UNION ALL SELECT false, id, code, kind, NULL, archived_at, name FROM ledger_category
    ORDER BY is_account, code
"""
COUNTERPARTIES = "SELECT id, code, name FROM ledger_counterparty WHERE code = ANY(%s::int[])"


class CategoryName(msgspec.Struct, frozen=True):
    """A msgspec.Struct, as counterparties' names are, because each page reads all of them."""

    __repr__ = object.__repr__

    id: UUID
    code: int
    kind: CategoryKind
    name: str
    is_archived: bool


class CounterpartyName(msgspec.Struct, frozen=True):
    __repr__ = object.__repr__

    id: UUID
    code: int
    name: str


@dataclass(frozen=True, slots=True, repr=False)
class AccountName:
    """What pages say of an account, by the names of the model's attributes."""

    id: UUID
    code: int
    kind: str
    currency: str
    closed_at: datetime | None
    facts: AccountFacts


def name_accounts() -> list[AccountName]:
    """What pages say of every account, closed ones too, in the order they were added."""
    return _accounts(fetch_binary(ACCOUNTS))


def name_accounts_and_categories() -> tuple[list[AccountName], dict[int, CategoryName]]:
    """`name_accounts` and `read_categories` in one query."""
    rows = fetch_binary(ACCOUNTS_AND_CATEGORIES)
    accounts = [row for is_account, *row in rows if is_account]
    categories = [
        (row, code, kind, archived_at is not None, name)
        for is_account, row, code, kind, _, archived_at, name in rows
        if not is_account
    ]
    return _accounts(accounts), _categories(categories)


def read_accounts() -> list[Account]:
    """Every account, closed ones too, in the order they were added."""
    return list(Account.objects.order_by("code"))


def read_first_days() -> dict[int, date]:
    """By code, the date of an account's first row, where it has any."""
    return {code: first for code, first in fetch_binary(FIRST_DAYS) if first is not None}


def read_categories() -> dict[int, CategoryName]:
    """Every category by code, archived ones too."""
    return _categories(fetch_binary(CATEGORIES))


def read_categories_and_base() -> tuple[dict[int, CategoryName], str]:
    """The same and the code of the workspace's own currency, in one query."""
    rows = fetch_binary(CATEGORIES_AND_BASE, [current_workspace_id()])
    return _categories([row[:5] for row in rows if row[0] is not None]), str(rows[0][5])


def _accounts(rows: Sequence[Sequence[Any]]) -> list[AccountName]:
    facts = open_all(Account, "facts", ((row[0], row[5]) for row in rows))
    return [
        AccountName(row, code, kind, currency, closed_at, found)
        for (row, code, kind, currency, closed_at, _), found in zip(rows, facts, strict=True)
    ]


def _categories(rows: Sequence[tuple[Any, ...]]) -> dict[int, CategoryName]:
    names = open_all(Category, "name", ((row[0], row[4]) for row in rows))
    return {
        code: CategoryName(row_id, code, CategoryKind(kind), name, is_archived)
        for (row_id, code, kind, is_archived, _), name in zip(rows, names, strict=True)
    }


def read_counterparties(codes: Collection[int]) -> dict[int, CounterpartyName]:
    """The counterparties of these codes."""
    rows = fetch_binary(COUNTERPARTIES, [[code for code in codes if code]])
    names = open_all(Counterparty, "name", ((row_id, sealed) for row_id, _, sealed in rows))
    return {code: CounterpartyName(row_id, code, name) for (row_id, code, _), name in zip(rows, names, strict=True)}
