"""Journals: what they post is read with the general ledger, so of themselves only matters from which day on that is old."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Min, QuerySet

from integrations.models import ReadingKind, ResourceState
from integrations.providers.zoho_messages import Page
from integrations.providers.zoho_rows import Journal
from integrations.sync.lease import Held
from integrations.sync.zoho import states
from ledger.books_kinds import PostingSource
from ledger.models import Posting


def note_journals(held: Held, state: ResourceState, page: Page[Journal]) -> None:
    """Have the general ledger read again from the first day of a journal that is new or changed; of one that is gone when
    the last page of a full reading has not shown it either.
    """
    days = _days_of_changes(held, state, page.rows)
    if state.reading == ReadingKind.FULL:
        # A reading that was put off may begin anew at the first page.
        before = state.seen.split() if state.page > 1 else []
        state.seen = " ".join([*before, *(one.journal_id for one in page.rows)])
        if not page.has_more:
            told = set(state.seen.split())
            days += [day for journal_id, day in _first_days(_postings(held)) if journal_id not in told]
    states.mark_dirty(held.connection, min(days, default=None))


def _days_of_changes(held: Held, state: ResourceState, told: Iterable[Journal]) -> list[dt.date]:
    """The days of journals that were changed since the last reading, by what they were and by what they are."""
    known = dict(_first_days(_postings(held).filter(source_provider_id__in=[one.journal_id for one in told])))
    days: list[dt.date] = []
    for one in told:
        is_new = one.journal_id not in known and not one.is_draft
        has_moved = one.modified is not None and (state.watermark is None or one.modified > state.watermark)
        if has_moved or (is_new and one.modified is None):
            days += [one.date, known.get(one.journal_id, one.date)]
    return days


def _postings(held: Held) -> QuerySet[Posting]:
    return Posting.objects.filter(connection_id=held.connection.pk, source_kind=PostingSource.JOURNAL, deleted_at=None)


def _first_days(postings: QuerySet[Posting]) -> Iterable[tuple[str, dt.date]]:
    """The journals that these are of, each with its first day."""
    return postings.values_list("source_provider_id").annotate(Min("date"))
