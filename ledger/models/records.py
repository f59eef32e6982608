"""The sealed records. Fields are stored in order without their names: append only, with defaults, and never reorder."""

from datetime import date, datetime
from uuid import UUID

import msgspec


class SealedFacts(msgspec.Struct, frozen=True, array_like=True):
    """A record whose `repr` shows nothing of it."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class AccountFacts(SealedFacts, frozen=True, array_like=True):
    """`persistent_id` is the bank's own, which a few give: the same account has it however often it is connected."""

    name: str
    official_name: str | None = None
    mask: str | None = None
    persistent_id: str | None = None


class AccountBalances(SealedFacts, frozen=True, array_like=True):
    """Minor units as the provider states them: a card's or loan's positive `current` is owed. `as_of` is UTC."""

    current: int | None
    available: int | None
    limit: int | None
    as_of: datetime


class TransactionFeed(SealedFacts, frozen=True, array_like=True):
    """The provider's record of a transaction, overwritten by each sync. `minor` is signed, + into the account.

    `counterparty` is a counterparty's code, 0 for none: the link between a row and whom it was with is sealed.
    """

    minor: int
    description: str
    counterparty: int = 0
    memo: str | None = None
    hint: str | None = None
    authorized_date: date | None = None


class TransactionOwn(SealedFacts, frozen=True, array_like=True):
    """What the workspace's people add. Syncs never touch it. `change` is the NoteChange that put the note on many."""

    note: str = ""
    change: UUID | None = None
