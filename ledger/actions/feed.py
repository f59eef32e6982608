"""A page of a provider's changes, written to rows and sheets in one transaction."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from audit.log import Actor, Target, record
from ledger.actions.counterparties import NONE_READ, Counterparties, ensure_counterparties
from ledger.actions.feed_plan import Link, Plan, make_plan
from ledger.actions.feed_rows import load_targets, write_rows
from ledger.feeds import FeedPage
from ledger.kinds import Book
from ledger.sheets.changes import merge_changes
from ledger.sheets.codebook import load_codebook
from ledger.sheets.store import lock_heads, mark_stale


@dataclass(frozen=True, slots=True)
class AppliedPage:
    """How many rows a page wrote, the months they are or were in, and the counterparties as they are now."""

    inserted: int
    updated: int
    removed: int
    months: tuple[date, ...]
    counterparties: Counterparties


ONLY_LINK = Link()


@transaction.atomic
def apply_feed_page(
    *,
    actor: Actor,
    connection_id: UUID,
    page: FeedPage,
    merge: bool,
    link: Link = ONLY_LINK,
    known: Counterparties = NONE_READ,
) -> AppliedPage:
    """Write one page of a connection's feed. Applying it twice is the same as applying it once.

    A known row takes the feed's values and keeps its note and a category chosen by a person or rule; a posted row that
    settles a pending one takes over its row; a removed row stays, out of every sum. `merge` brings the sheets up to date
    at once and is for runs of a single page: otherwise months are marked stale, and the run's last step calls
    `rebuild_month` for each of `list_stale_months`. While `link` is matching, a new row that an earlier link of the
    connection told of takes that row's place. `known` are the counterparties of a page before: those are not read again.

    Raises UnknownAccount, UnknownCurrency, InexactAmount, SheetsBusy; the caller's transaction is then to be rolled back.
    """
    targets = load_targets(connection_id)
    plan = make_plan(connection_id, page, targets.accounts, link)
    counterparties = ensure_counterparties((feed.counterparty for feed in page.upserts if feed.counterparty), known)
    heads = lock_heads(Book.BANK, plan.months) if plan.months else {}
    write_rows(connection_id, plan, targets, counterparties, generation=link.generation)
    if merge:
        merge_changes(heads.values(), plan.ids, load_codebook())
    else:
        mark_stale(list(heads.values()))
    applied = AppliedPage(len(plan.inserts), len(plan.updates), len(plan.removals), plan.months, counterparties)
    _record(actor, connection_id, plan, applied)
    return applied


def _record(actor: Actor, connection_id: UUID, plan: Plan, applied: AppliedPage) -> None:
    if plan.ids:
        record(
            actor=actor,
            action="ledger.feed_page.applied",
            target=Target("connection", connection_id),
            detail={"inserted": applied.inserted, "updated": applied.updated, "removed": applied.removed},
        )
