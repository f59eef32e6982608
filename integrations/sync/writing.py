"""Writing: rows and what goes with them in one transaction, then the months added up, a transaction each."""

from collections.abc import Sequence

from audit.log import Actor
from integrations.models import Connection, PageContent, StagedPage, Step, SyncRun, Trigger
from integrations.sync.lease import Held, Lease, hold
from ledger.actions.accounts import save_accounts
from ledger.actions.counterparties import NONE_READ, Counterparties
from ledger.actions.feed import apply_feed_page
from ledger.actions.feed_former import retire_former_rows
from ledger.actions.feed_plan import Link
from ledger.feeds import FeedAccount, FeedPage
from ledger.kinds import Book
from ledger.sheets.rebuild import list_stale_months, rebuild_month

ACTOR = Actor.system("sync")


def write_page(
    held: Held, content: PageContent, *, cursor: str | None, merge: bool, known: Counterparties = NONE_READ
) -> Counterparties:
    """Write a page's accounts and rows, and the cursor if the update ends with it. `merge`: into the sheets at once. The
    counterparties as they are afterwards; `known` are those of the page before.
    """
    connection, run = held.connection, held.run
    if accounts := keep_own(connection, content.accounts):
        save_accounts(actor=ACTOR, connection_id=connection.pk, accounts=accounts)
    changes = _keep_own_rows(connection, content.changes)
    if changes.upserts or changes.removals:
        link = Link(connection.generation, connection.is_matching)
        applied = apply_feed_page(
            actor=ACTOR, connection_id=connection.pk, page=changes, merge=merge, link=link, known=known
        )
        known = applied.counterparties
        run.rows_added += applied.inserted
        run.rows_modified += applied.updated
        run.rows_removed += applied.removed
    run.pages_written += 1
    run.step = Step.WRITING
    if cursor is not None:
        connection.cursor = cursor
        connection.save(update_fields=["cursor"])
    return known


def keep_own(connection: Connection, accounts: tuple[FeedAccount, ...]) -> tuple[FeedAccount, ...]:
    """The accounts without those that are left to another connection."""
    return tuple(one for one in accounts if one.provider_id not in connection.facts.left_out)


def _keep_own_rows(connection: Connection, changes: FeedPage) -> FeedPage:
    left_out = frozenset(connection.facts.left_out)
    return FeedPage(tuple(one for one in changes.upserts if one.account_provider_id not in left_out), changes.removals)


def write_staged(lease: Lease) -> None:
    """Write the pages that were read, in their order, until none is left."""
    known: Counterparties | None = NONE_READ
    while known is not None:
        known = _write_next(lease, known)


def settle_former(lease: Lease) -> None:
    """After an update of a bank that was connected again: rows that it tells no more go, and with all its history there
    nothing is left to match, unless an account is in doubt. Raises SheetsBusy.
    """
    with hold(lease) as held:
        connection = held.connection
        if not connection.is_matching:
            return
        linked = SyncRun.objects.filter(connection=connection, trigger=Trigger.FIRST).latest("created_at")
        retired = retire_former_rows(
            actor=ACTOR, connection_id=connection.pk, generation=connection.generation, since=linked.created_at
        )
        held.run.rows_removed += retired.removed
        if held.run.has_history and not retired.kept:
            connection.is_matching = False
            connection.save(update_fields=["is_matching"])


def build_months(lease: Lease, books: Sequence[Book] = (Book.BANK,)) -> None:
    """Add up every month of these books that the pages left stale."""
    with hold(lease) as held:
        months = [(book, month) for book in books for month in list_stale_months(book)]
        held.run.step = Step.FIGURES
        held.run.months_stale, held.run.months_built = len(months), 0
    for book, month in months:
        with hold(lease) as held:
            rebuild_month(book=book, month=month)
            held.run.months_built += 1


def _write_next(lease: Lease, known: Counterparties) -> Counterparties | None:
    """Write the next page that waits, and no other with it: pages lock months in the order of their rows, and one after
    another in one transaction would meet those of a second sync. The counterparties for the page after it, None when it was
    the last.
    """
    with hold(lease) as held:
        waiting = StagedPage.objects.filter(run=held.run).order_by("number")
        page = waiting.first()
        if page is None:
            return None
        is_last = not waiting.filter(number__gt=page.number).exists()
        cursor = page.next_cursor if is_last else None
        known = write_page(held, page.content, cursor=cursor, merge=False, known=known)
        page.delete()
        return None if is_last else known
