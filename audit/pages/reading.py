"""Which events a page of the log shows: filters and order in SQL, newest first, by keyset; the words that are sealed are
looked for in events opened here, and in so many at most.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from audit.models import Event
from audit.pages.names import read_people, who_is
from audit.pages.opening import open_facts
from vault.keyring import prepare_person_keys

PAGE = 50
# Opening takes some microseconds an event; more than this many no search goes through, and the page says so.
MOST_OPENED = 10_000
# Written out: a plan that is made once for all values would not take the index of the few events that these hold of.
UNUSUAL, NOT_USUAL = frozenset({Event.Outcome.REFUSED, Event.Outcome.FAILED}), "audit_event.outcome <> 'succeeded'"
PEOPLE, BY_PEOPLE = Event.ActorKind.PERSON, "audit_event.actor_kind = 'person'"
NEWEST_FIRST, OLDEST_FIRST = ("-occurred_at", "-id"), ("occurred_at", "id")

Events = QuerySet[Event]


@dataclass(frozen=True, slots=True)
class Search:
    """What the log is narrowed to. `since` and `until` are UTC, the second one excluded; `words` is looked for in the
    address and the name of who acted. `after` and `before` are ids of events: what is older, or newer, than they.
    """

    actor_id: UUID | None = None
    actor_kind: str = ""
    actions: tuple[str, ...] = ()
    target_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    outcome: str = ""
    words: str = ""
    after: UUID | None = None
    before: UUID | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether anything at all is left out."""
        return replace(self, after=None, before=None) != Search()


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events, newest first; whether there are newer and older ones. `is_cut`: a search for words went through as many
    events as one may, and there are more.
    """

    events: tuple[Event, ...]
    has_newer: bool
    has_older: bool
    is_cut: bool = False


def read_page(search: Search, *, size: int = PAGE) -> EventPage:
    """One page of the log of the workspace in scope."""
    if search.words:
        return _search_words(search, size)
    narrowed = _narrow(search)
    if search.before is not None:
        found = _first(_beyond(narrowed, search.before, newer=True), size + 1, OLDEST_FIRST)
        return EventPage(tuple(reversed(found[:size])), has_newer=len(found) > size, has_older=True)
    if search.after is not None:
        narrowed = _beyond(narrowed, search.after, newer=False)
    found = _first(narrowed, size + 1, NEWEST_FIRST)
    return EventPage(tuple(found[:size]), has_newer=search.after is not None, has_older=len(found) > size)


def is_beyond(field: str, at: datetime, row_id: UUID, *, newer: bool) -> Q:
    """What is newer, or older, than a row by (`field`, id)."""
    side = "gt" if newer else "lt"
    # The first condition follows from the second, and is the one that an index takes.
    within = Q(**{f"{field}__{side}e": at})
    return within & (Q(**{f"{field}__{side}": at}) | Q(**{field: at, f"id__{side}": row_id}))


def _narrow(search: Search) -> list[Events]:
    """The events that are asked for, apart by action: of each the newest are found by an index, of some together not."""
    wanted = {
        "actor_id": search.actor_id,
        "actor_kind": search.actor_kind or None,
        "target_id": search.target_id,
        "outcome": search.outcome or None,
        "occurred_at__gte": search.since,
        "occurred_at__lt": search.until,
    }
    events = Event.objects.filter(**{name: value for name, value in wanted.items() if value is not None})
    constants = [NOT_USUAL] * (search.outcome in UNUSUAL) + [BY_PEOPLE] * (search.actor_kind == PEOPLE)
    for constant in constants:
        events = events.filter(RawSQL(constant, (), BooleanField()))  # noqa: S611 - a constant  # nosec B611
    return [events.filter(action=action) for action in search.actions] or [events]


def _first(narrowed: list[Events], count: int, order: tuple[str, str]) -> list[Event]:
    first, *others = [events.order_by(*order)[:count] for events in narrowed]
    return list(first.union(*others, all=True).order_by(*order)[:count] if others else first)


def _beyond(narrowed: list[Events], cursor: UUID, *, newer: bool) -> list[Events]:
    """What lies on one side of an event; all of it where there is no such event."""
    at = Event.objects.filter(pk=cursor).values_list("occurred_at", flat=True).first()
    if at is None:
        return narrowed
    return [events.filter(is_beyond("occurred_at", at, cursor, newer=newer)) for events in narrowed]


def _search_words(search: Search, size: int) -> EventPage:
    narrowed = [events.defer("sealed_detail") for events in _narrow(search)]
    looked_through = _first(narrowed, MOST_OPENED + 1, NEWEST_FIRST)
    is_cut = len(looked_through) > MOST_OPENED
    ids = [event.pk for event in _matching(looked_through[:MOST_OPENED], search.words.casefold())]
    if search.before in ids:
        end = ids.index(search.before)
        start = max(0, end - size)
    else:
        start = ids.index(search.after) + 1 if search.after in ids else 0
        end = start + size
    events = Event.objects.in_bulk(ids[start:end])
    shown = tuple(events[pk] for pk in ids[start:end])
    return EventPage(shown, has_newer=start > 0, has_older=end < len(ids), is_cut=is_cut)


def _matching(events: Sequence[Event], words: str) -> Iterator[Event]:
    people_ids = {event.actor_id for event in events if event.actor_id is not None}
    prepare_person_keys(people_ids)
    people = read_people(people_ids)
    for event in events:
        address = open_facts(event).address
        if words in address.casefold() or words in who_is(event, people).casefold():
            yield event
