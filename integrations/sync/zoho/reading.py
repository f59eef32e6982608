"""Reading one list: a call without a transaction, then a short one that writes the page's rows and where to go on from."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils import timezone

from integrations.models import ReadingKind, ResourceState, Step
from integrations.providers.zoho_errors import BadAnswer, ScopeMissing
from integrations.providers.zoho_messages import Page, read_page
from integrations.providers.zoho_rows import Payment
from integrations.sync.lease import Held, hold
from integrations.sync.zoho import states
from integrations.sync.zoho.books import ACTOR, Books
from integrations.sync.zoho.journals import note_journals
from integrations.sync.zoho.plan import JOURNALS, POSTINGS, ListPlan
from integrations.sync.zoho.states import Asked, asked_by, state_of
from integrations.zoho_books import Books as Unsaid
from integrations.zoho_books import convert
from ledger.actions.books import apply_books_page, count_unseen, retire_unseen
from ledger.books_feeds import BooksPage
from ledger.models import Contact

# So many rows do not go without a second look, also where a list has a single page.
MANY = 50

Parts = Callable[[Books], tuple[str, ...]]


def read_list(books: Books, plan: ListPlan, parts: Parts | None = None) -> bool:
    """Bring a list up to date; False when there was nothing to read. A scope that is missing ends this list only.

    `parts` gives the accounts of a list that is read account by account. Raises ZohoProblem, LeaseLost, SheetsBusy and what
    the ledger refuses rows with.
    """
    if not is_worth_asking(books, plan):
        return False
    try:
        accounts = parts(books) if parts else ()
        asked = take_up(books, plan, accounts) if accounts or not plan.by_account else None
        if asked is None:
            return False
        rows: tuple[Any, ...] = ()
        while asked is not None:
            page = _ask_page(books, plan, asked)
            if page.has_more and asked.page > 1 and page.rows == rows:
                # Whoever passes over the number of the page would give it again for ever.
                raise BadAnswer
            rows = page.rows
            asked = _keep_page(books, plan, page, accounts)
    except ScopeMissing:
        note_missing_scope(books, plan)
        return False
    return True


def ask(books: Books, plan: ListPlan, parameters: dict[str, str | int], *, page: int = 1) -> Page[Any]:
    """One page of a list, as Zoho's rows. Raises ZohoProblem."""
    answer = books.caller.get(plan.path, **parameters)
    return read_page(answer.json, plan.keys, plan.read, organization_id=books.organization_id, page=page)


def note_missing_scope(books: Books, plan: ListPlan) -> None:
    with hold(books.lease) as held:
        state = state_of(held.connection, plan.name)
        states.miss_scope(state)
        state.save()


def is_worth_asking(books: Books, plan: ListPlan) -> bool:
    """Whether the grant covers a list, as far as is known (noted where it does not), and this run has not read it before it
    was made to wait.
    """
    granted = plan.name in books.granted
    with hold(books.lease) as held:
        state = state_of(held.connection, plan.name)
        worth = states.is_worth_asking(state, granted=granted, granted_at=books.granted_at)
        worth = worth and (plan is POSTINGS or not states.was_read_since(state, held.run.started_at))
    if not worth and not granted:
        note_missing_scope(books, plan)
    return worth


def take_up(books: Books, plan: ListPlan, accounts: tuple[str, ...]) -> Asked | None:
    """Begin a list's reading or go on with one; None when there is nothing to read now."""
    with hold(books.lease) as held:
        held.run.step = Step.READING
        state = state_of(held.connection, plan.name)
        is_on = states.take_up(state, plan, accounts)
        state.save()
        return asked_by(state) if is_on else None


def _ask_page(books: Books, plan: ListPlan, asked: Asked) -> Page[Any]:
    page = ask(books, plan, asked.parameters(plan), page=asked.page)
    return _of_account(page, asked.part) if plan.by_account else page


def _keep_page(books: Books, plan: ListPlan, page: Page[Any], accounts: tuple[str, ...]) -> Asked | None:
    with hold(books.lease) as held:
        state = state_of(held.connection, plan.name)
        _write(held, books, plan, state, page)
        state.newest = states.latest(state.newest, [at for row in page.rows if (at := getattr(row, "modified", None))])
        state.is_missing_scope, state.scope_checked_at = False, None
        state.paged_at = timezone.now()
        state.page += 1
        state.pages += 1
        goes_on = page.has_more or _look_again(held, plan, state) or _end_part(held, plan, state, accounts)
        state.save()
        return asked_by(state) if goes_on else None


def _of_account(page: Page[Any], account_id: str) -> Page[Any]:
    if any(row.account_id not in (None, account_id) for row in page.rows):
        raise BadAnswer
    return Page(tuple(replace(row, account_id=account_id) for row in page.rows), page.has_more)


def _write(held: Held, books: Books, plan: ListPlan, state: ResourceState, page: Page[Any]) -> None:
    run = held.run
    run.pages_read += 1
    run.pages_written += 1
    run.rows_read += len(page.rows)
    if plan is JOURNALS:
        note_journals(held, state, page)
    if plan.resource is None or plan.to_feed is None:
        return
    converted = convert(page.rows, plan.to_feed, _unsaid(held, books, page))
    run.rows_skipped += converted.skipped
    applied = apply_books_page(
        actor=ACTOR,
        connection_id=held.connection.pk,
        page=BooksPage(plan.resource, converted.rows),
        sweep=state.sweep,
    )
    run.rows_added += applied.inserted
    run.rows_modified += applied.updated
    if plan is not POSTINGS:
        states.mark_dirty(held.connection, applied.earliest)


def _unsaid(held: Held, books: Books, page: Page[Any]) -> Unsaid:
    asked_for = {row.contact_id for row in page.rows if isinstance(row, Payment) and row.currency is None}
    found = Contact.objects.filter(connection_id=held.connection.pk, provider_id__in=asked_for - {None})
    return Unsaid(books.base_currency, dict(found.values_list("provider_id", "currency")))


def _look_again(held: Held, plan: ListPlan, state: ResourceState) -> bool:
    """Whether rows that are known were not seen, and may have slipped from one page to another meanwhile."""
    if not _gives_up(plan, state) or state.is_second:
        return False
    unseen = count_unseen(**_unseen(held, plan, state))
    if not unseen or (state.page == 2 and unseen < MANY):
        return False
    state.page, state.is_second = 1, True
    return True


def _end_part(held: Held, plan: ListPlan, state: ResourceState, accounts: tuple[str, ...]) -> bool:
    """Give up what is gone, and turn to the next account; False when the reading has ended."""
    # A run that gets on has all its patience again. A page alone is no proof: first pages are read again after a wait.
    held.run.attempts = 0
    if _gives_up(plan, state):
        _retire(held, plan, state)
    if plan.by_account and states.next_part(state, accounts):
        return True
    if plan.by_account and state.reading == ReadingKind.FULL:
        # What is left are lines of accounts that are gone themselves.
        _retire(held, plan, state)
    states.end_reading(state)
    return False


def _retire(held: Held, plan: ListPlan, state: ResourceState) -> None:
    retired = retire_unseen(actor=ACTOR, **_unseen(held, plan, state))
    held.run.rows_removed += retired.count
    if plan is not POSTINGS:
        states.mark_dirty(held.connection, retired.earliest)


def _gives_up(plan: ListPlan, state: ResourceState) -> bool:
    """Whether rows that this reading does not see are gone: it sees all, or all lines of an account from a day on."""
    return plan.resource is not None and (state.reading == ReadingKind.FULL or plan is POSTINGS)


def _unseen(held: Held, plan: ListPlan, state: ResourceState) -> dict[str, Any]:
    found: dict[str, Any] = {"connection_id": held.connection.pk, "resource": plan.resource, "sweep": state.sweep}
    if plan.by_account and state.part:
        found["account_provider_id"] = state.part
    if state.first_day is not None:
        found["first"] = state.first_day
    return found
