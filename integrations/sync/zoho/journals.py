"""Journals: what they post is read with the general ledger, so of themselves only matters from which day on that is old."""

import datetime as dt

from django.db.models import Min
from django.utils import timezone

from integrations.models import ReadingKind, ResourceState
from integrations.providers.zoho_errors import ScopeMissing
from integrations.providers.zoho_rows import Journal
from integrations.sync.lease import Held, hold
from integrations.sync.zoho import states
from integrations.sync.zoho.books import Books
from integrations.sync.zoho.plan import JOURNALS
from integrations.sync.zoho.reading import ask, is_worth_asking, note_missing_scope, take_up
from integrations.sync.zoho.states import state_of
from ledger.books_kinds import PostingSource
from ledger.models import Posting


def read_journals(books: Books) -> None:
    """Find journals that are new, changed or gone. Broken off, it begins again: it is a list of a few pages."""
    if not is_worth_asking(books, JOURNALS):
        return
    try:
        asked = take_up(books, JOURNALS, ())
        if asked is None:
            return
        found: list[Journal] = []
        number, has_more = 1, True
        while has_more:
            page = ask(books, JOURNALS, {**asked.parameters(JOURNALS), "page": number}, page=number)
            found += page.rows
            number, has_more = number + 1, page.has_more
            _count(books, len(page.rows))
    except ScopeMissing:
        note_missing_scope(books, JOURNALS)
        return
    with hold(books.lease) as held:
        state = state_of(held.connection, JOURNALS.name)
        states.mark_dirty(held.connection, _earliest_change(held, state, found))
        state.newest = states.latest(None, [one.modified for one in found if one.modified])
        state.pages = number - 1
        state.is_missing_scope, state.scope_checked_at = False, None
        states.end_reading(state)
        state.save()


def _count(books: Books, rows: int) -> None:
    with hold(books.lease) as held:
        held.run.pages_read += 1
        held.run.rows_read += rows
        held.run.attempts = 0
        ResourceState.objects.filter(connection=held.connection, resource=JOURNALS.name).update(paged_at=timezone.now())


def _earliest_change(held: Held, state: ResourceState, found: list[Journal]) -> dt.date | None:
    """The first day of a journal that was changed since the last reading, by what it was and by what it is."""
    known = _known(held)
    days: list[dt.date] = []
    for one in found:
        is_new = one.journal_id not in known and not one.is_draft
        has_moved = one.modified is not None and (state.watermark is None or one.modified > state.watermark)
        if has_moved or (is_new and one.modified is None):
            days += [one.date, known.get(one.journal_id, one.date)]
    if state.reading == ReadingKind.FULL:
        told = {one.journal_id for one in found}
        days += [day for journal_id, day in known.items() if journal_id not in told]
    return min(days, default=None)


def _known(held: Held) -> dict[str, dt.date]:
    """The journals whose postings the ledger has, with their first day."""
    of_journals = Posting.objects.filter(
        connection_id=held.connection.pk, source_kind=PostingSource.JOURNAL, deleted_at=None
    )
    return dict(of_journals.values_list("source_provider_id").annotate(Min("date")))
