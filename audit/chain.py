"""Linking events into their workspace's chain.

Events are inserted without a lock. The linker alone appends to the chain, one at a time in a workspace; what it made of
them is verified by `audit.verification`.
"""

from django.db import connection

from audit.canonical import GENESIS, leaf_hash, link_hash
from audit.models import Event, Link, Pending
from vault.tenancy import current_workspace_id

BATCH = 1_000
LOCK_NAMESPACE = "counterfoil.audit"


def link_events() -> int:
    """Link all waiting events of the workspace in scope; how many. Quiet when another linker is at it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{LOCK_NAMESPACE}:{current_workspace_id()}"]
        )
        if not cursor.fetchone()[0]:
            return 0
    linked = last = 0
    while batch := list(Pending.objects.filter(id__gt=last).order_by("id")[:BATCH]):
        linked += _append(batch)
        last = batch[-1].id
    return linked


def _append(batch: list[Pending]) -> int:
    last = Link.objects.order_by("-sequence").first()
    sequence, head = (last.sequence, bytes(last.hash)) if last else (0, GENESIS)
    events = Event.objects.in_bulk([pending.event_id for pending in batch])
    links = []
    # One whose event is missing stays: what waits and is not there is a fault, and keeps no other from being linked.
    there = [pending for pending in batch if pending.event_id in events]
    for pending in there:
        sequence, previous = sequence + 1, head
        head = link_hash(previous, sequence, leaf_hash(events[pending.event_id]))
        links.append(Link(event_id=pending.event_id, sequence=sequence, previous_hash=previous, hash=head))
    Link.objects.bulk_create(links)
    Pending.objects.filter(id__in=[pending.id for pending in there]).delete()
    return len(there)
