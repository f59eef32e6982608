"""Rows of a bank that was connected before: found again among what it tells anew, or retired when it tells them no more.

A bank that is connected again gives every row another id. Rows of an earlier generation are matched by account, day and
amount, those of the same description first, each once; so a row keeps its id, its note and a person's category.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.log import Actor, Target, record
from ledger.feeds import FeedTransaction
from ledger.kinds import Book, RemovedBecause
from ledger.models import Account, Transaction, TransactionFeed
from ledger.sealed import open_all
from ledger.sheets.heads import month_of
from ledger.sheets.store import lock_heads, mark_stale
from vault.blobs import execute_binary, fetch_binary

# Rows that still count come first: the bank may have told one twice before, and taken one of them back.
CANDIDATES = """
    SELECT id, account_id, date, feed FROM ledger_transaction
    WHERE account_id = ANY(%s) AND date = ANY(%s) AND connection_id = %s AND generation < %s
    ORDER BY deleted_at IS NOT NULL, id
"""
TOLD_NO_MORE = """
    SELECT former.id, former.date, told.matched * %s >= told.matched + count(*) OVER (PARTITION BY former.account_id)
    FROM ledger_transaction AS former JOIN (
        SELECT account_id, min(date) AS first_day, count(*) FILTER (WHERE created_at < %s) AS matched
        FROM ledger_transaction
        WHERE connection_id = %s AND generation = %s AND deleted_at IS NULL GROUP BY account_id
    ) AS told ON told.account_id = former.account_id AND former.date >= told.first_day
    WHERE former.connection_id = %s AND former.generation < %s AND former.deleted_at IS NULL
"""
# Of an account's rows in the time that both tell of, one in so many has to be found again for it to be the same account.
ONE_IN = 10
MONTHS = "SELECT DISTINCT date_trunc('month', date)::date FROM ledger_transaction WHERE account_id = ANY(%s)"
MOVE = """
    UPDATE ledger_transaction SET connection_id = %s, generation = least(generation, %s) WHERE account_id = ANY(%s)
"""
REMOVE = """
    UPDATE ledger_transaction SET deleted_at = now(), deleted_because = %s, updated_at = now() WHERE id = ANY(%s)
"""

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class FormerRow:
    id: UUID
    account_id: UUID
    date: date
    feed: TransactionFeed


@dataclass(frozen=True, slots=True)
class Retired:
    """How many former rows were marked as removed, and how many were kept because their account is in doubt."""

    removed: int
    kept: int


def match_former(
    connection_id: UUID, feeds: Iterable[FeedTransaction], accounts: Mapping[str, UUID], generation: int
) -> dict[str, FormerRow]:
    """By their new provider id, those of the feeds that an earlier generation has told of, with the row they are."""
    waiting = {feed.provider_id: feed for feed in feeds if feed.account_provider_id in accounts}
    free = _read_candidates(connection_id, waiting.values(), accounts, generation) if waiting else []
    matched: dict[str, FormerRow] = {}
    for key_of_row, key_of_feed in (
        (lambda row: (*_key(row), row.feed.description), lambda feed: (*_told(feed, accounts), feed.description)),
        (_key, lambda feed: _told(feed, accounts)),
    ):
        matched |= _pair(free, waiting, matched, key_of_row, key_of_feed)
    return matched


@transaction.atomic
def retire_former_rows(*, actor: Actor, connection_id: UUID, generation: int, since: datetime) -> Retired:
    """Mark as removed what an earlier generation told and this one, which began at `since`, does not. Their months become
    stale.

    Only inside the time that the bank now tells of, account by account: what is older it no longer keeps, and it stays. So
    do all rows of an account of which hardly any was found again: it may be another one that looks the same.
    Raises SheetsBusy.
    """
    parameters = [ONE_IN, since, connection_id, generation, connection_id, generation]
    rows = fetch_binary(TOLD_NO_MORE, parameters)
    gone = {row_id: day for row_id, day, is_same in rows if is_same}
    retired = Retired(len(gone), len(rows) - len(gone))
    if not gone:
        return retired
    heads = lock_heads(Book.BANK, {month_of(day) for day in gone.values()})
    execute_binary(REMOVE, [RemovedBecause.PROVIDER.value, list(gone)])
    mark_stale(list(heads.values()))
    record(
        actor=actor,
        action="ledger.former_rows.retired",
        target=Target("connection", connection_id),
        detail={"removed": retired.removed, "kept": retired.kept},
    )
    return retired


@transaction.atomic
def move_accounts(*, actor: Actor, account_ids: Iterable[UUID], connection_id: UUID, generation: int) -> None:
    """Bring accounts and all their rows over to the connection that reads them from now on, as what links before its
    `generation` have told. No figure changes. The connections they leave are locked. Raises SheetsBusy.
    """
    moved = list(account_ids)
    if months := [month for (month,) in fetch_binary(MONTHS, [moved])]:
        lock_heads(Book.BANK, months)
    Account.objects.filter(id__in=moved).update(connection_id=connection_id)
    execute_binary(MOVE, [connection_id, generation - 1, moved])
    record(
        actor=actor,
        action="ledger.accounts.moved",
        target=Target("connection", connection_id),
        detail={"accounts": len(moved)},
    )


def _read_candidates(
    connection_id: UUID, feeds: Iterable[FeedTransaction], accounts: Mapping[str, UUID], generation: int
) -> list[FormerRow]:
    wanted = list({accounts[feed.account_provider_id] for feed in feeds})
    days = list({feed.date for feed in feeds})
    rows = fetch_binary(CANDIDATES, [wanted, days, connection_id, generation])
    opened = open_all(Transaction, "feed", [(row[0], row[-1]) for row in rows])
    return [FormerRow(row[0], row[1], row[2], feed) for row, feed in zip(rows, opened, strict=True)]


def _pair(
    free: list[FormerRow],
    feeds: Mapping[str, FeedTransaction],
    matched: Mapping[str, FormerRow],
    key_of_row: Callable[[FormerRow], Key],
    key_of_feed: Callable[[FeedTransaction], Key],
) -> dict[str, FormerRow]:
    taken = {row.id for row in matched.values()}
    by_key: dict[Key, list[FormerRow]] = defaultdict(list)
    for row in reversed(free):
        if row.id not in taken:
            by_key[key_of_row(row)].append(row)
    found = {}
    for provider_id, feed in feeds.items():
        if provider_id not in matched and (rows := by_key.get(key_of_feed(feed))):
            found[provider_id] = rows.pop()
    return found


def _key(row: FormerRow) -> Key:
    return row.account_id, row.date, row.feed.minor


def _told(feed: FeedTransaction, accounts: Mapping[str, UUID]) -> Key:
    return accounts[feed.account_provider_id], feed.date, feed.amount_minor
