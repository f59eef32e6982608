"""Addresses of the ledger's pages with their state in the query string, for one workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from config.places import address_of
from ledger.views.shown.months import last_day

UNCATEGORISED = "none"


@dataclass(frozen=True, slots=True)
class Links:
    """`None` where the person may not open what the link would lead to."""

    transactions: str | None
    cash: str | None
    profit_and_loss: str | None
    connections: str | None

    @classmethod
    def of(cls, slug: str, *, transactions: bool, cash: bool, profit_and_loss: bool, connections: bool) -> "Links":
        """The links of a workspace's pages, each only if the person may follow it."""
        return cls(
            address_of("ledger:transactions", slug) if transactions else None,
            address_of("ledger:cash", slug) if cash else None,
            address_of("ledger:profit_and_loss", slug) if profit_and_loss else None,
            address_of("integrations:connections", slug) if connections else None,
        )

    def rows_of(self, category_id: UUID | None, first_month: date, last_month: date, currency: str = "") -> str:
        """The posted transactions of a category (None: of none) in some months; empty if they may not be opened."""
        return self.rows_within(category_id, [posted_within(first_month, last_month, currency)])[0]

    def rows_within(self, category_id: UUID | None, spans: Sequence[str]) -> list[str]:
        """The same for many spans of `posted_within`: a matrix has a link in each of its thousands of cells."""
        if not self.transactions:
            return [""] * len(spans)
        start = f"{self.transactions}?category={category_id or UNCATEGORISED}"
        return [f"{start}&{span}" for span in spans]

    def pending_in(self, month: date, currency: str) -> str:
        """The pending transactions of a month; empty if they may not be opened."""
        days = {"from": month.isoformat(), "to": last_day(month).isoformat()}
        return self.rows({**days, "status": "pending", "currency": currency})

    def rows(self, query: dict[str, str]) -> str:
        """The transactions page with a query; empty if it may not be opened."""
        return f"{self.transactions}?{urlencode(query)}" if self.transactions else ""


NO_LINKS = Links(None, None, None, None)


def posted_within(first_month: date, last_month: date, currency: str = "") -> str:
    """The part of a query that asks for what was posted in some months."""
    query = {"from": first_month.isoformat(), "to": last_day(last_month).isoformat(), "status": "posted"}
    return urlencode(query | ({"currency": currency} if currency else {}))
