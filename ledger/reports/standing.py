"""How an account stands, and a group of accounts of one currency: balances, what moved, what is pending. Minor units."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger.kinds import AccountKind
from ledger.reports.moved import Moved


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months by their first days, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Standing:
    """A balance is None where it is not known: the bank tells none, or its rows do not reach that far back.

    `balance` is that of the chosen day, `opening` and `closing` those around the period, `moved` what was posted in it
    and `compared` in the months beside it. `pending` is in none of them.
    """

    balance: int | None
    opening: int | None
    closing: int | None
    moved: Moved
    compared: Moved | None
    pending: Moved


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """An account. `current` is as the bank states it now, at `as_of` (UTC); a debt's + is owed, in its balances too."""

    account_id: UUID
    code: int
    name: str
    mask: str | None
    kind: AccountKind
    currency: str
    current: int | None
    as_of: datetime
    standing: Standing


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts of one sort and their sum, in which an account whose balance the bank does not tell has no part."""

    accounts: tuple[AccountStanding, ...]
    total: Standing

    @classmethod
    def of(cls, accounts: Iterable[AccountStanding]) -> "Group":
        """A group of accounts of one currency."""
        each = tuple(accounts)
        return cls(each, add_standings(one.standing for one in each if one.current is not None))

    @property
    def told(self) -> tuple[AccountStanding, ...]:
        """The accounts that are in the sum."""
        return tuple(one for one in self.accounts if one.current is not None)


def add_standings(standings: Iterable[Standing]) -> Standing:
    """The sum of some standings; a balance that one of them does not know is not known of all."""
    each = list(standings)
    compared = [one.compared for one in each if one.compared is not None]
    return Standing(
        balance=_added(one.balance for one in each),
        opening=_added(one.opening for one in each),
        closing=_added(one.closing for one in each),
        moved=sum((one.moved for one in each), Moved()),
        compared=sum(compared, Moved()) if compared else None,
        pending=sum((one.pending for one in each), Moved()),
    )


def _added(balances: Iterable[int | None]) -> int | None:
    each = list(balances)
    known = [balance for balance in each if balance is not None]
    return sum(known) if each and len(known) == len(each) else None
