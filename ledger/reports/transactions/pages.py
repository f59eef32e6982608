"""The shapes of the transactions page: rows, totals and a page with the cursor of the next."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from ledger.reports.freshness import Freshness


class DeedKind(StrEnum):
    CATEGORISED = "categorised"
    NOTED = "noted"
    NOTE_REMOVED = "note removed"


class TransactionRow(msgspec.Struct, frozen=True):
    """One opened row, a msgspec.Struct because a page makes many. `minor` is signed minor units of `currency`; `category_by`
    is feed, rule or person.
    """

    id: UUID
    date: date
    account_id: UUID
    account_name: str
    account_mask: str | None
    description: str
    counterparty: str | None
    counterparty_id: UUID | None
    category_id: UUID | None
    category_name: str | None
    category_by: str
    currency: str
    minor: int
    is_pending: bool
    is_removed: bool
    has_note: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """Count and money in (≥ 0), out (≤ 0) and net of the matching rows of one currency, in its minor units."""

    currency: str
    count: int
    money_in: int
    money_out: int

    @property
    def net(self) -> int:
        return self.money_in + self.money_out


@dataclass(frozen=True, slots=True)
class TransactionPage:
    """At most 50 rows; `next_cursor` is the last row's id if more follow, `previous_cursor` the first row's if others
    come before it. `totals` are of all matching rows.

    `sheet_version` names the sheets that were read: "select all matching" posts it back with the filter.
    """

    rows: tuple[TransactionRow, ...]
    next_cursor: UUID | None
    previous_cursor: UUID | None
    count: int
    totals: tuple[Totals, ...]
    sheet_version: str
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class TransactionDetail:
    """Everything the ledger knows about one transaction, opened. `changes` are those by hand that it stands by now."""

    row: TransactionRow
    authorized_date: date | None
    memo: str | None
    hint: str | None
    note: str
    provider_id: str
    connection_id: UUID
    created_at: datetime
    updated_at: datetime
    removed_at: datetime | None
    removed_because: str | None
    changes: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did with a transaction, alone or together with `others`; `who` is how they are shown. UTC."""

    kind: DeedKind
    who: str
    at: datetime
    others: int
