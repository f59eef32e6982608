"""A plan's rows, sealed and written in two statements: one for those that stand, one for those that are gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ledger.actions.counterparties import Counterparties
from ledger.actions.feed_plan import Plan
from ledger.categories import origin_of_hint
from ledger.feeds import FeedTransaction, UnknownAccount
from ledger.kinds import CategoryBy, RemovedBecause, Status
from ledger.models import Account, Category, Transaction, TransactionFeed
from ledger.sealed import seal_all
from vault.blobs import execute_binary
from vault.tenancy import current_workspace_id

WRITE = """
    INSERT INTO ledger_transaction AS old (workspace_id, connection_id, generation, category_by, deleted_because, created_at,
        updated_at, id, account_id, provider_id, date, status, currency, category_id, feed)
    SELECT %s, %s, %s, %s, '', now(), now(), new.*
    FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::date[], %s::text[], %s::text[], %s::uuid[], %b::bytea[]) AS new
    ON CONFLICT (id) DO UPDATE SET account_id = EXCLUDED.account_id, provider_id = EXCLUDED.provider_id,
        generation = EXCLUDED.generation, date = EXCLUDED.date, status = EXCLUDED.status, currency = EXCLUDED.currency,
        feed = EXCLUDED.feed,
        category_id = CASE WHEN old.category_by = EXCLUDED.category_by THEN EXCLUDED.category_id ELSE old.category_id END,
        deleted_at = NULL, deleted_because = '', updated_at = EXCLUDED.updated_at
"""
REMOVE = """
    UPDATE ledger_transaction SET deleted_at = now(), deleted_because = %s, updated_at = now() WHERE id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Targets:
    """What feed rows point at: accounts by the provider's id, categories by their origin."""

    accounts: Mapping[str, UUID]
    categories: Mapping[str, UUID]


def load_targets(connection_id: UUID) -> Targets:
    """The connection's accounts and the workspace's mapped categories that are in use."""
    accounts = Account.objects.filter(connection_id=connection_id).values_list("provider_id", "id")
    categories = Category.objects.exclude(origin="").filter(archived_at=None).values_list("origin", "id")
    return Targets(dict(accounts), dict(categories))


def write_rows(
    connection_id: UUID, plan: Plan, targets: Targets, counterparties: Counterparties, *, generation: int
) -> None:
    """Insert, update and mark as removed what the plan says. The months' heads are locked. Raises UnknownAccount.

    Values are sealed for the ids the plan has read, so a conflict is always on a row's own id.
    """
    if written := {**plan.inserts, **plan.updates}:
        columns = _columns(written, targets, counterparties)
        execute_binary(WRITE, [current_workspace_id(), connection_id, generation, CategoryBy.FEED.value, *columns])
    if plan.removals:
        execute_binary(REMOVE, [RemovedBecause.PROVIDER.value, list(plan.removals)])


def _columns(rows: Mapping[UUID, FeedTransaction], targets: Targets, counterparties: Counterparties) -> list[list[Any]]:
    feeds = list(rows.values())
    records = [_record_of(feed, counterparties) for feed in feeds]
    return [
        list(rows),
        [_account_of(feed, targets) for feed in feeds],
        [feed.provider_id for feed in feeds],
        [feed.date for feed in feeds],
        [(Status.PENDING if feed.pending else Status.POSTED).value for feed in feeds],
        [feed.currency for feed in feeds],
        [targets.categories.get(origin_of_hint(feed.hint, feed.amount_minor)) for feed in feeds],
        seal_all(Transaction, "feed", zip(rows, records, strict=True)),
    ]


def _account_of(feed: FeedTransaction, targets: Targets) -> UUID:
    try:
        return targets.accounts[feed.account_provider_id]
    except KeyError:
        raise UnknownAccount from None


def _record_of(feed: FeedTransaction, counterparties: Counterparties) -> TransactionFeed:
    return TransactionFeed(
        minor=feed.amount_minor,
        description=feed.description,
        counterparty=counterparties.code_of(feed.counterparty),
        memo=feed.memo,
        hint=feed.hint,
        authorized_date=feed.authorized_date,
    )
