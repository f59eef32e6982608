"""Where a list's reading stands: beginning one, going on with one that was broken off, and ending it.

All of this changes a `ResourceState` and nothing else, inside the transaction that also writes a page's rows.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from integrations.models import BooksList, Connection, ReadingKind, ResourceState
from integrations.providers.zoho_messages import PER_PAGE, as_time
from integrations.sync.zoho.plan import DAILY, OVERLAP, WINDOW, ListPlan
from ledger.models import BooksAccount

# What was read so long ago has shifted: the list, or the account, is read from its first page again.
PAGES_SHIFT_AFTER = dt.timedelta(minutes=15)
# A list without news that is so short is read as a whole in every run.
SHORT = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """The page to ask for next. `first_day` is the first whose rows are wanted."""

    page: int
    part: str
    since: dt.datetime | None
    first_day: dt.date | None

    def parameters(self, plan: ListPlan) -> dict[str, str | int]:
        found: dict[str, str | int] = {**dict(plan.parameters), "page": self.page, "per_page": PER_PAGE}
        if plan.by_account:
            found["account_id"] = self.part
        if self.since is not None:
            found["last_modified_time"] = as_time(self.since)
        if self.first_day is not None:
            # Whether that day itself is among them is nowhere said.
            found[plan.day_parameter] = (self.first_day - dt.timedelta(days=1)).isoformat()
        return found


def state_of(connection: Connection, name: BooksList) -> ResourceState:
    """The state of a list of a connection that is locked."""
    found, _ = ResourceState.objects.get_or_create(connection=connection, resource=name)
    return found


def asked_by(state: ResourceState) -> Asked:
    return Asked(state.page, state.part, state.since, state.first_day)


def take_up(state: ResourceState, plan: ListPlan, parts: tuple[str, ...]) -> bool:
    """Go on with the reading under way, or begin one; False when there is nothing to read now."""
    now = timezone.now()
    if state.is_reading:
        if state.paged_at is None or now - state.paged_at > PAGES_SHIFT_AFTER:
            state.page = 1
    elif not _begin(state, plan, now):
        return False
    if plan.by_account and state.part not in parts:
        state.part = next((one for one in parts if one > state.part), "")
        state.page, state.is_second = 1, False
        if not state.part:
            end_reading(state)
            return False
    return True


def next_part(state: ResourceState, parts: tuple[str, ...]) -> bool:
    """Turn to the next account; False when there is none."""
    state.part = next((one for one in parts if one > state.part), "")
    state.page, state.is_second = 1, False
    return state.part != ""


def end_reading(state: ResourceState) -> None:
    """The reading has ended well: what it has seen is known up to the latest modification seen, at most to its beginning."""
    now = timezone.now()
    if state.newest is not None and state.started_at is not None and state.reading != ReadingKind.WINDOW:
        seen = min(state.newest, state.started_at)
        state.watermark = max(seen, state.watermark) if state.watermark else seen
    if state.reading == ReadingKind.FULL:
        state.swept_at = now
    state.read_at = now
    _clear(state)


def miss_scope(state: ResourceState) -> None:
    """The grant does not cover the list: its reading ends here and gives nothing up. All of it is read once it is covered."""
    state.is_missing_scope, state.scope_checked_at = True, timezone.now()
    state.swept_at = None
    _clear(state)


def is_worth_asking(state: ResourceState, *, granted: bool, granted_at: dt.datetime) -> bool:
    """Whether a list may be read as far as is known: the scope is there, and was not found to be missing all the same
    within a day, by this grant.
    """
    if not granted or not state.is_missing_scope or state.scope_checked_at is None:
        return granted
    return granted_at > state.scope_checked_at or timezone.now() - state.scope_checked_at > DAILY


def was_read_since(state: ResourceState, moment: dt.datetime | None) -> bool:
    """Whether a reading of the list has ended since, and no other is under way."""
    return not state.is_reading and moment is not None and state.read_at is not None and state.read_at >= moment


def mark_dirty(connection: Connection, day: dt.date | None) -> None:
    """What was posted on this day or later has to be read again."""
    if day is None:
        return
    state = state_of(connection, BooksList.POSTINGS)
    if state.dirty_from is None or day < state.dirty_from:
        state.dirty_from = day
        state.save(update_fields=["dirty_from"])


def latest(known: dt.datetime | None, seen: list[dt.datetime]) -> dt.datetime | None:
    return max([*seen, *([known] if known else [])], default=None)


def known_accounts(connection_id: UUID) -> tuple[str, ...]:
    """The provider's ids of the accounts that the ledger has, in the order in which they are read."""
    found = BooksAccount.objects.filter(connection_id=connection_id, deleted_at=None)
    return tuple(sorted(found.values_list("provider_id", flat=True)))


def _begin(state: ResourceState, plan: ListPlan, now: dt.datetime) -> bool:
    kind = _choose(state, plan, now)
    if kind == ReadingKind.NONE:
        return False
    state.reading, state.started_at, state.paged_at = kind, now, now
    state.sweep += 1
    state.page, state.pages, state.part, state.is_second = 1, 0, "", False
    state.newest, state.since, state.first_day = None, None, None
    if kind == ReadingKind.CHANGES and state.watermark is not None:
        state.since = state.watermark - OVERLAP
    if kind == ReadingKind.WINDOW:
        state.first_day = state.dirty_from or now.date() - WINDOW
    if plan.name == BooksList.POSTINGS:
        state.dirty_from = None
    return True


def _choose(state: ResourceState, plan: ListPlan, now: dt.datetime) -> ReadingKind:
    if state.swept_at is None or now - state.swept_at >= plan.every:
        return ReadingKind.FULL
    if plan.name == BooksList.POSTINGS:
        return ReadingKind.WINDOW if state.dirty_from else ReadingKind.NONE
    if plan.news == ReadingKind.NONE or (plan.news == ReadingKind.CHANGES and state.watermark is None):
        return ReadingKind.FULL if state.pages <= SHORT else ReadingKind.NONE
    return plan.news


def _clear(state: ResourceState) -> None:
    state.reading, state.started_at, state.paged_at = ReadingKind.NONE, None, None
    state.page, state.part, state.is_second, state.seen = 1, "", False, ""
    state.since = state.first_day = None
