"""From transaction rows to sheet rows: one record a row with everything the parts need of it."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ledger.currencies import find_currency
from ledger.kinds import Status
from ledger.models import Transaction, TransactionFeed, TransactionOwn
from ledger.sealed import open_all
from ledger.sheets.codebook import Codebook, counterparty_names
from ledger.sheets.parts import Flag, day_number, last_of_month
from vault.blobs import fetch_binary

MONTH = """
    SELECT id, account_id, date, status, currency, category_id, deleted_at IS NOT NULL, feed, own
    FROM ledger_transaction WHERE date BETWEEN %s AND %s ORDER BY date, id
"""
CHOSEN = """
    SELECT found.* FROM unnest(%s::uuid[]) AS wanted CROSS JOIN LATERAL (
        SELECT id, account_id, date, status, currency, category_id, deleted_at IS NOT NULL, feed, own
        FROM ledger_transaction WHERE id = wanted LIMIT 1
    ) AS found ORDER BY date, id
"""


@dataclass(frozen=True, slots=True, repr=False)
class SheetRow:
    """A transaction, or a posting of the books, as its month's sheet holds it."""

    id: bytes
    day: int
    account: int
    category: int
    counterparty: int
    currency: int
    minor: int
    base_minor: int
    flags: int
    text: bytes


def read_month(month: date, codebook: Codebook) -> list[SheetRow]:
    """All transactions of a month in the sheet's order."""
    return _sheet_rows(fetch_binary(MONTH, [month, last_of_month(month)]), codebook)


def read_chosen(ids: Sequence[UUID], codebook: Codebook) -> list[SheetRow]:
    """The rows of these transactions, in the sheet's order."""
    return _sheet_rows(fetch_binary(CHOSEN, [list(ids)]), codebook)


def fold(text: str) -> str:
    """Text as it is searched: compatibility forms and case folded, white space in single spaces."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def search_text(feed: TransactionFeed, own: TransactionOwn | None, counterparty: str) -> bytes:
    """A row's words: its fields, folded."""
    fields = (feed.description, counterparty, feed.memo or "", own.note if own else "")
    return fold(" ".join(fields)).encode()


def _sheet_rows(rows: list[tuple[Any, ...]], codebook: Codebook) -> list[SheetRow]:
    feeds = open_all(Transaction, "feed", ((row[0], row[7]) for row in rows))
    owns = open_all(Transaction, "own", ((row[0], row[8]) for row in rows))
    # Only those at hand: a company has thousands of counterparties, and a change mostly one row.
    names = counterparty_names({feed.counterparty for feed in feeds if feed.counterparty})
    return [_sheet_row(row, feed, own, codebook, names) for row, feed, own in zip(rows, feeds, owns, strict=True)]


def _sheet_row(
    row: tuple[Any, ...],
    feed: TransactionFeed,
    own: TransactionOwn | None,
    codebook: Codebook,
    counterparties: Mapping[int, str],
) -> SheetRow:
    row_id, account_id, day, status, currency, category_id, is_removed, _, _ = row
    category = codebook.categories[category_id] if category_id else 0
    has_rate = currency == codebook.base_currency
    flags = (
        Flag.PENDING * (status == Status.PENDING)
        | Flag.REMOVED * is_removed
        | Flag.TRANSFER * (category in codebook.transfers)
        | Flag.HAS_NOTE * bool(own and own.note)
        | Flag.NO_RATE * (not has_rate)
    )
    return SheetRow(
        id=row_id.bytes,
        day=day_number(day),
        account=codebook.accounts[account_id],
        category=category,
        counterparty=feed.counterparty,
        currency=find_currency(currency).numeric,
        minor=feed.minor,
        base_minor=feed.minor if has_rate else 0,
        flags=int(flags),
        text=search_text(feed, own, counterparties.get(feed.counterparty, "")),
    )
