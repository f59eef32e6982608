"""A page of a connection's books, written to rows in one transaction."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from audit.log import Actor, Target, record
from ledger.actions.books.organization import check_organization
from ledger.actions.books.plan import make_plan, write_plan
from ledger.actions.books.tables import TABLES
from ledger.actions.books.targets import load_targets
from ledger.books_feeds import BooksPage
from ledger.sheets.store import lock_heads, mark_stale


@dataclass(frozen=True, slots=True)
class AppliedBooks:
    """How many rows of a page were new, changed and as before, and the months whose sheets became stale.

    `earliest` is the first day that any row that was written is on, before or after; None where rows have no days.
    """

    inserted: int
    updated: int
    unchanged: int
    months: tuple[date, ...]
    earliest: date | None


@transaction.atomic
def apply_books_page(*, actor: Actor, connection_id: UUID, page: BooksPage, sweep: int) -> AppliedBooks:
    """Write one page of a connection's books. Applying it twice is the same as applying it once.

    A row that differs from what it was is written anew, and so is one that was gone and is told again; of the others
    only the reading that saw them, number `sweep`, is noted. Months become stale, and the run's last step calls
    `rebuild_month` for each of `list_stale_months` of the books, the invoices and the bills.

    Raises UnknownOrganization, UnknownBooksAccount, UnknownCurrency, InexactAmount, SheetsBusy; the caller's
    transaction is then to be rolled back.
    """
    check_organization(connection_id)
    table = TABLES[page.resource]
    plan = make_plan(connection_id, page, table, load_targets(connection_id, page.rows))
    months = plan.months if table.book else ()
    if table.book and months:
        mark_stale(list(lock_heads(table.book, months).values()))
    write_plan(connection_id, table, plan, sweep=sweep)
    counts = len(plan.inserts), len(plan.updates), len(plan.unchanged)
    applied = AppliedBooks(*counts, months, min(plan.days, default=None))
    if applied.inserted or applied.updated:
        record(
            actor=actor,
            action="ledger.books_page.applied",
            target=Target("connection", connection_id),
            detail={"resource": page.resource.value, "inserted": applied.inserted, "updated": applied.updated},
        )
    return applied
