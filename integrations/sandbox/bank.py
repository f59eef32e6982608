"""What a bank of the sandbox is: accounts, rows, and how its rows change from one day to the next."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec

PartyType = Literal[
    "merchant", "financial_institution", "payment_app", "marketplace", "payment_terminal", "income_source"
]


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """An account as Plaid names it. `limit_minor` is the limit of a credit card, in minor units."""

    key: str
    name: str
    official_name: str
    mask: str
    type: Literal["depository", "credit"]
    subtype: str
    currency: str = "USD"
    limit_minor: int | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A row of an account at one moment. `minor` is in minor units, positive for money into the account.

    `key` is stable within the bank; a posted row names in `replaces` the key of the pending row it came from.
    """

    key: str
    account: str
    minor: int
    currency: str
    date: dt.date
    authorized: dt.date | None
    pending: bool
    replaces: str | None
    name: str
    text: str
    merchant: str | None
    party: str | None
    party_type: PartyType
    category: str
    confidence: str
    channel: Literal["online", "in store", "other"]
    city: str | None
    region: str | None
    method: str | None
    reference: str | None
    check_number: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the log. A removed row is given as it last was."""

    kind: Literal["added", "modified", "removed"]
    row: Row


class Bank(Protocol):
    """An institution that can be linked. `history_days` is None where the link's days_requested decides."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def blurb(self) -> str: ...
    @property
    def accounts(self) -> tuple[AccountSpec, ...]: ...
    @property
    def history_days(self) -> int | None: ...

    def rows(self, day: dt.date) -> Iterator[Row]:
        """Every row as it stands at the end of `day`, by date."""
        ...

    def changes(self, day: dt.date) -> Iterable[Change]:
        """What `day` changed since the day before, removals first."""
        ...

    def balances(self, day: dt.date) -> Mapping[str, int]:
        """Minor units per account key at the end of `day`, posted rows only; below zero is owed."""
        ...
