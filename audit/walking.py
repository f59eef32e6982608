"""Going along a chain, link by link, and saying what does not fit. It reads some thousands of events at a time, so that
neither its memory nor its transactions grow with the chain, and how far it has come can be kept and gone on from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from audit.canonical import GENESIS, leaf_hash, link_hash
from audit.merkle import Frontier
from audit.models import Event, Link

BATCH = 5_000
MOST_FAULTS = 20


@dataclass(slots=True)
class Walk:
    """A place in a chain: the last link seen, its hash, and the tree of the events up to it."""

    sequence: int = 0
    head: bytes = GENESIS
    frontier: Frontier = field(default_factory=Frontier.empty)


@dataclass(frozen=True, slots=True)
class Step:
    """A link with its event, which is None where there is none any more."""

    link: Link
    event: Event | None
    leaf: bytes | None


def read_steps(after: int, limit: int = BATCH) -> Sequence[Step]:
    """The next links after a sequence number, in their order, of the workspace in scope."""
    links = list(Link.objects.filter(sequence__gt=after).order_by("sequence")[:limit])
    events = Event.objects.in_bulk([link.event_id for link in links])
    return [_step(link, events.get(link.event_id)) for link in links]


def advance(walk: Walk, step: Step) -> Iterator[str]:
    """Go on by one link, and name whatever does not fit as a sentence."""
    link, expected = step.link, walk.sequence + 1
    if link.sequence != expected:
        yield f"link {expected} is missing: {link.sequence} comes after {walk.sequence}"
    if bytes(link.previous_hash) != walk.head:
        yield f"link {link.sequence} does not follow the one before it"
    if step.leaf is None:
        yield f"the event of link {link.sequence} is missing"
    elif link_hash(bytes(link.previous_hash), link.sequence, step.leaf) != bytes(link.hash):
        yield f"event {link.event_id} of link {link.sequence} is not what was linked"
    walk.sequence, walk.head = link.sequence, bytes(link.hash)
    # What is missing leaves the tree without it, so that no checkpoint from here on fits.
    if step.leaf is not None:
        walk.frontier.append(step.leaf)


def _step(link: Link, event: Event | None) -> Step:
    return Step(link, event, None if event is None else leaf_hash(event))
