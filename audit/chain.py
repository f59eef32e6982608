"""Linking events into their workspace's chain, and verifying it.

Events are inserted without a lock. The linker alone appends to the chain, one at a time in a workspace; verification
recomputes everything from the events and names whatever does not fit, events not yet linked among it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef

from audit.canonical import GENESIS, leaf_hash, link_hash
from audit.models import Event, Link, Pending
from vault.tenancy import current_workspace_id

BATCH = 1_000
LOCK_NAMESPACE = "counterfoil.audit"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found: the chain's length and head, events not yet linked, and every fault as a sentence."""

    length: int
    head: bytes
    waiting: int
    faults: tuple[str, ...]


def link_events() -> int:
    """Link all waiting events of the workspace in scope; how many. Quiet when another linker is at it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{LOCK_NAMESPACE}:{current_workspace_id()}"]
        )
        if not cursor.fetchone()[0]:
            return 0
    linked = 0
    while batch := list(Pending.objects.order_by("id")[:BATCH]):
        _append(batch)
        linked += len(batch)
    return linked


def verify_chain() -> Verdict:
    """Recompute the chain of the workspace in scope from its events."""
    head, length = GENESIS, 0
    faults: list[str] = []
    for sequence, (link, event) in enumerate(_links_with_events(), start=1):
        length = sequence
        faults += _faults_of(link, event, sequence, head)
        head = bytes(link.hash)
    # One statement, so that an event that comes in meanwhile is seen together with its place in the queue.
    mine = {"event_id": OuterRef("id")}
    lost = Event.objects.filter(~Exists(Link.objects.filter(**mine)), ~Exists(Pending.objects.filter(**mine)))
    faults += [f"event {event.id} is in no chain and not waiting for one" for event in lost.only("id")]
    return Verdict(length, head, Pending.objects.count(), tuple(faults))


def _append(batch: list[Pending]) -> None:
    last = Link.objects.order_by("-sequence").first()
    sequence, head = (last.sequence, bytes(last.hash)) if last else (0, GENESIS)
    events = Event.objects.in_bulk([pending.event_id for pending in batch])
    links = []
    for pending in batch:
        sequence, previous = sequence + 1, head
        head = link_hash(previous, sequence, leaf_hash(events[pending.event_id]))
        links.append(Link(event_id=pending.event_id, sequence=sequence, previous_hash=previous, hash=head))
    Link.objects.bulk_create(links)
    Pending.objects.filter(id__in=[pending.id for pending in batch]).delete()


def _links_with_events() -> Iterator[tuple[Link, Event | None]]:
    after = 0
    while links := list(Link.objects.filter(sequence__gt=after).order_by("sequence")[:BATCH]):
        events = Event.objects.in_bulk([link.event_id for link in links])
        yield from ((link, events.get(link.event_id)) for link in links)
        after = links[-1].sequence


def _faults_of(link: Link, event: Event | None, sequence: int, head: bytes) -> Iterator[str]:
    if link.sequence != sequence:
        yield f"link {sequence} is missing: {link.sequence} comes after {sequence - 1}"
    if bytes(link.previous_hash) != head:
        yield f"link {link.sequence} does not follow the one before it"
    if event is None:
        yield f"the event of link {link.sequence} is missing"
    elif link_hash(bytes(link.previous_hash), link.sequence, leaf_hash(event)) != bytes(link.hash):
        yield f"event {event.id} of link {link.sequence} is not what was linked"
