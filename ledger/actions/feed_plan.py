"""What a feed's page means for the rows there are: which are new, which change, which are gone, and in which months."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from ledger.actions.feed_former import match_former
from ledger.currencies import find_currency
from ledger.feeds import FeedPage, FeedTransaction
from ledger.money import MAX_MINOR, InexactAmount
from ledger.sheets.heads import month_of
from vault.blobs import fetch_binary

# Each id is looked up by itself, whatever the planner believes: it can only guess how many rows a workspace has, and
# during a first sync it guesses that reading all of them is cheaper.
KNOWN = """
    SELECT wanted, found.* FROM unnest(%s::text[]) AS wanted CROSS JOIN LATERAL (
        SELECT id, date, deleted_at IS NOT NULL FROM ledger_transaction
        WHERE connection_id = %s AND provider_id = wanted LIMIT 1
    ) AS found
"""


@dataclass(frozen=True, slots=True)
class KnownRow:
    id: UUID
    date: date
    is_removed: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows by the id they have or get. `months` are all that any of them is in before or after."""

    inserts: Mapping[UUID, FeedTransaction]
    updates: Mapping[UUID, FeedTransaction]
    removals: tuple[UUID, ...]
    months: tuple[date, ...]

    @property
    def ids(self) -> list[UUID]:
        return [*self.inserts, *self.updates, *self.removals]


@dataclass(frozen=True, slots=True)
class Link:
    """By which link of a connection rows are told: its count, and whether rows of earlier ones are still matched."""

    generation: int = 1
    is_matching: bool = False


def make_plan(connection_id: UUID, page: FeedPage, accounts: Mapping[str, UUID], link: Link) -> Plan:
    """The plan for a page, from one query, or two while matching. The last of several rows with one provider id counts.
    A page that tells of a row and of its end means the end: a provider never uses an id again.

    Dates of known rows cannot change under it: only the connection's own feed moves them, and one run holds the lease.
    Raises UnknownCurrency, InexactAmount.
    """
    feeds = {feed.provider_id: feed for feed in page.upserts}
    replaced = {feed.replaces for feed in feeds.values() if feed.replaces}
    removed = set(page.removals)
    known = _read_known(connection_id, [*feeds, *replaced, *removed])
    inserts, updates = dict[UUID, FeedTransaction](), dict[UUID, FeedTransaction]()
    # Posted rows come first: they take their pending row's place, and what the page says of that one is then old.
    for feed in sorted(feeds.values(), key=lambda one: one.replaces is None):
        check_transaction(feed)
        is_new = feed.provider_id not in known
        if feed.provider_id in removed or (is_new and feed.provider_id in replaced):
            continue
        row = known.get(_settled_by(feed, feeds, known)) if is_new else known[feed.provider_id]
        if row and row.id not in updates:
            updates[row.id] = feed
        elif is_new:
            inserts[uuid4()] = feed
    former = match_former(connection_id, inserts.values(), accounts, link.generation) if link.is_matching else {}
    updates |= {former[feed.provider_id].id: feed for feed in inserts.values() if feed.provider_id in former}
    inserts = {row: feed for row, feed in inserts.items() if feed.provider_id not in former}
    gone = {known[one].id for one in removed if one in known and not known[one].is_removed}
    removals = tuple(gone - updates.keys())
    dates = {row.id: row.date for row in known.values()} | {row.id: row.date for row in former.values()}
    before = [dates[one] for one in (*updates, *removals)]
    after = [feed.date for feed in (*inserts.values(), *updates.values())]
    return Plan(inserts, updates, removals, tuple(sorted({month_of(day) for day in before + after})))


def _settled_by(feed: FeedTransaction, feeds: Mapping[str, FeedTransaction], known: Mapping[str, KnownRow]) -> str:
    """The pending row that this one settles, also past others that came and went within the page; "" for none."""
    seen = {feed.provider_id}
    pending = feed.replaces or ""
    while pending not in known and pending in feeds and pending not in seen:
        seen.add(pending)
        pending = feeds[pending].replaces or ""
    return pending


def _read_known(connection_id: UUID, provider_ids: list[str]) -> dict[str, KnownRow]:
    return {row[0]: KnownRow(*row[1:]) for row in fetch_binary(KNOWN, [provider_ids, connection_id])}


def check_transaction(feed: FeedTransaction) -> None:
    """Raises UnknownCurrency and InexactAmount for what the ledger cannot hold."""
    find_currency(feed.currency)
    if abs(feed.amount_minor) > MAX_MINOR:
        raise InexactAmount("This amount is larger than the ledger can hold.")
