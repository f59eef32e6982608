"""How a provider hands its data over: frozen records in the ledger's own terms, with no provider's names in them.

Amounts are whole minor units; + is money into the account, − money out of it. Dates are the account's own days.
`repr` of a record shows its ids only, so that none can reach a log with what it says.
"""

import datetime as dt
from dataclasses import dataclass, field

from ledger.kinds import AccountKind

# Nothing is kept of other years: what a provider tells of them is refused, and no form asks for them.
FIRST_YEAR, LAST_YEAR = 1970, 2099


def is_kept(day: dt.date) -> bool:
    """Whether the ledger keeps rows of a day's year."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


@dataclass(frozen=True, slots=True)
class FeedAccount:
    """An account and its balances now. A card's or loan's positive `current_minor` is what is owed.

    `persistent_id` stays the same when the account is connected again and gets another `provider_id`; few banks give it.
    """

    provider_id: str
    name: str = field(repr=False)
    official_name: str | None = field(repr=False)
    mask: str | None = field(repr=False)
    kind: AccountKind
    subtype: str
    currency: str
    current_minor: int | None = field(repr=False)
    available_minor: int | None = field(repr=False)
    limit_minor: int | None = field(repr=False)
    persistent_id: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FeedTransaction:
    """A transaction as the provider tells it now; the same `provider_id` later replaces all of it.

    `replaces` is the provider's id of the pending row that this posted row settles: the ledger's row keeps its id,
    note and a person's category, and takes the new provider id. `hint` is the provider's category (Plaid's
    personal_finance_category.detailed).
    """

    provider_id: str
    account_provider_id: str
    date: dt.date
    authorized_date: dt.date | None
    amount_minor: int = field(repr=False)
    currency: str
    pending: bool
    replaces: str | None
    description: str = field(repr=False)
    counterparty: str | None = field(repr=False)
    memo: str | None = field(repr=False)
    hint: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page of changes, applied in one transaction: rows to write, then provider ids that are gone."""

    upserts: tuple[FeedTransaction, ...]
    removals: tuple[str, ...]


class UnknownAccount(ValueError):
    """A transaction of an account that save_accounts has not seen."""

    def __init__(self) -> None:
        super().__init__("The bank sent a transaction of an account that it has not told us about.")
