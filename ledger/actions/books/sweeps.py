"""What a complete reading did not see is gone from the books: its rows stay, out of every sum."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.log import Actor, Target, record
from ledger.actions.books.tables import TABLES
from ledger.books_feeds import UnknownBooksAccount
from ledger.books_kinds import GoneBecause, Resource
from ledger.models import BooksAccount
from ledger.sheets.heads import month_of
from ledger.sheets.store import lock_heads, mark_stale
from vault.blobs import execute_binary, fetch_binary


@dataclass(frozen=True, slots=True)
class Retired:
    """How many rows went, and the first day that one of them was on; None for none, and where rows have no days."""

    count: int
    earliest: date | None


@transaction.atomic
def retire_unseen(
    *,
    actor: Actor,
    connection_id: UUID,
    resource: Resource,
    sweep: int,
    first: date | None = None,
    last: date | None = None,
    account_provider_id: str | None = None,
) -> Retired:
    """Mark as gone the rows that reading number `sweep` did not see. Their months become stale.

    To be called only when that reading is complete: of all of a resource, of the days from `first` to `last`, both
    included, of one account's postings or bank lines. A window for rows without days, or an account for rows of none, is
    a ValueError. A void document is one that was seen, and stays. Raises UnknownBooksAccount, SheetsBusy.
    """
    table = TABLES[resource]
    rows = _unseen(
        connection_id=connection_id,
        resource=resource,
        sweep=sweep,
        first=first,
        last=last,
        account_provider_id=account_provider_id,
    )
    if not rows:
        return Retired(0, None)
    days = {day for _, day in rows if day}
    if table.book:
        mark_stale(list(lock_heads(table.book, {month_of(day) for day in days}).values()))
    execute_binary(table.retire, [GoneBecause.UNSEEN.value, [row_id for row_id, _ in rows]])
    record(
        actor=actor,
        action="ledger.books_rows.retired",
        target=Target("connection", connection_id),
        detail={"resource": resource.value, "removed": len(rows)},
    )
    return Retired(len(rows), min(days, default=None))


def count_unseen(
    *,
    connection_id: UUID,
    resource: Resource,
    sweep: int,
    first: date | None = None,
    last: date | None = None,
    account_provider_id: str | None = None,
) -> int:
    """How many rows `retire_unseen` would mark as gone. Raises UnknownBooksAccount."""
    return len(
        _unseen(
            connection_id=connection_id,
            resource=resource,
            sweep=sweep,
            first=first,
            last=last,
            account_provider_id=account_provider_id,
        )
    )


def _unseen(
    *,
    connection_id: UUID,
    resource: Resource,
    sweep: int,
    first: date | None,
    last: date | None,
    account_provider_id: str | None,
) -> list[tuple[UUID, date | None]]:
    table = TABLES[resource]
    if (first or last) and not table.has_dates:
        raise ValueError(f"{resource} have no days")
    if account_provider_id and not table.has_accounts:
        raise ValueError(f"{resource} are of no account")
    parameters: list[Any] = [connection_id, sweep]
    if table.has_dates:
        parameters += [first or date.min, last or date.max]
    if table.has_accounts:
        parameters.append(_account_id(connection_id, account_provider_id) if account_provider_id else None)
    return [(row_id, day) for row_id, day in fetch_binary(table.unseen, parameters)]


def _account_id(connection_id: UUID, provider_id: str) -> UUID:
    found = BooksAccount.objects.filter(connection_id=connection_id, provider_id=provider_id)
    account_id = found.values_list("id", flat=True).first()
    if account_id is None:
        raise UnknownBooksAccount
    return account_id
