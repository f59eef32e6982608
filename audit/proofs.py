"""Proving one event by itself: the path from it to the root that a checkpoint was signed over (RFC 6962).

Of all checkpoints that cover an event the first one is taken. It shows the earliest moment by which the event was there; and
what came before it is known by the tree kept with the checkpoint before, so that only the events between these two are read:
a day's, and fewer than `MOST_READ` however long the log is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from audit.checkpoints import MOST_COVERED, signature_fault
from audit.merkle import Frontier, holds_leaf, inclusion_proof
from audit.models import Checkpoint, Event, Link
from audit.walking import BATCH, Step, read_steps
from vault.signing import verification_keys

MOST_READ = MOST_COVERED + BATCH


class NoSuchEvent(LookupError):
    """There is no such event in this log."""


class NotProvable(ValueError):
    """There is such an event, and it cannot be proven by itself, or not yet. The message says why."""


@dataclass(frozen=True, slots=True)
class Proof:
    """An event with its link, the checkpoint that covers it, and the path from its leaf to that one's root."""

    event: Event
    link: Link
    path: tuple[bytes, ...]
    checkpoint: Checkpoint


def prove_event(event_id: UUID) -> Proof:
    """The proof of one event of the workspace in scope. Raises NoSuchEvent, NotProvable."""
    if not Event.objects.filter(pk=event_id).exists():
        raise NoSuchEvent(f"event {event_id}")
    link = Link.objects.filter(event_id=event_id).first()
    checkpoint = _covering(link.sequence) if link is not None else None
    if link is None or checkpoint is None:
        raise NotProvable(
            "This event is not signed yet. The log is signed each night and before each export: "
            "after that it can be proven by itself."
        )
    former = Checkpoint.objects.filter(number=checkpoint.number - 1).first()
    frontier = _frontier_of(former)
    count = checkpoint.size - frontier.size
    if count > MOST_READ:
        raise NotProvable(
            f"This event was signed together with {count - 1:,} others, more than are read for one proof. Export the log: "
            "verify.py proves it from the export."
        )
    steps = read_steps(frontier.size, count)
    return _prove(link, checkpoint, frontier, steps)


def newest_covered() -> int:
    """How many events of the workspace in scope were signed: the first so many can be proven by themselves."""
    return Checkpoint.objects.order_by("-number").values_list("size", flat=True).first() or 0


def _covering(sequence: int) -> Checkpoint | None:
    return Checkpoint.objects.filter(size__gte=sequence).order_by("number").first()


def _frontier_of(former: Checkpoint | None) -> Frontier:
    if former is None:
        return Frontier.empty()
    try:
        return Frontier.from_bytes(former.size, bytes(former.frontier))
    except ValueError:
        raise _unfit() from None


def _prove(link: Link, checkpoint: Checkpoint, frontier: Frontier, steps: Sequence[Step]) -> Proof:
    leaves = [step.leaf for step in steps if step.leaf is not None]
    index, first = link.sequence - 1, frontier.size
    mine = next((step for step in steps if step.link.sequence == link.sequence), None)
    if mine is None or mine.event is None or len(leaves) != checkpoint.size - first:
        raise _unfit()
    path, root = inclusion_proof(leaves, index, frontier), bytes(checkpoint.root)
    # Nothing of what was read here is believed: it is the root that was signed, or there is no proof.
    is_held = holds_leaf(root=root, size=checkpoint.size, index=index, leaf=leaves[index - first], proof=path)
    if not is_held or signature_fault(checkpoint, verification_keys()):
        raise _unfit()
    return Proof(mine.event, link, tuple(path), checkpoint)


def _unfit() -> NotProvable:
    return NotProvable("What is stored does not fit what was signed. Choose “Verify now”: it names what does not hold.")
