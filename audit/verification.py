"""Verifying a chain: everything is recomputed from the events, held against every checkpoint that was signed, and against
what is noted of the last one beside the keys and in a second place. Whatever does not fit is named.

It goes some thousands of events at a time, each in a transaction of its own; how far it has come is kept, so that one that
was cut off is gone on with. What is kept is signed: whoever can write the row cannot make it skip.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit.canonical import GENESIS
from audit.chain import link_events
from audit.checkpoints import Noted, checkpoint_hash, is_kept, lock_checkpoints, noted_checkpoint, signature_fault
from audit.copies import CopyUnreadable, copied_checkpoint
from audit.log import Actor, Target, record
from audit.merkle import Frontier
from audit.models import Checkpoint, Event, Link, Pending, Verification
from audit.walking import BATCH, MOST_FAULTS, Walk, advance, read_steps
from vault.signing import VerificationKey, verification_keys
from vault.tenancy import SITE_ID, current_workspace_id, enter_workspace

SALT = "audit.verification"
# One that was cut off longer ago starts anew: what it had seen may have been altered since.
GOES_ON_FOR = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found: the chain's length and head, events not yet linked, checkpoints held against it, and the
    first faults as sentences, of `fault_count`.
    """

    length: int
    head: bytes
    waiting: int
    checkpoints: int
    fault_count: int
    faults: tuple[str, ...]


@dataclass(slots=True)
class Inspection:
    """A verification under way: its place in the chain, the last checkpoint passed, and the faults so far."""

    walk: Walk = field(default_factory=Walk)
    checkpoint: int = 0
    checkpoint_hash: bytes = GENESIS
    taken_at: datetime | None = None
    fault_count: int = 0
    faults: list[str] = field(default_factory=list)

    def note(self, fault: str) -> None:
        """Count a fault, and keep it if there are few."""
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)


class Progress(msgspec.Struct, array_like=True):
    """An inspection as it is kept between two transactions; bytes in hex."""

    workspace_id: UUID
    began_at: datetime
    sequence: int
    head: str
    size: int
    frontier: str
    checkpoint: int
    checkpoint_hash: str
    taken_at: datetime | None
    fault_count: int
    faults: list[str]


def verify_chain() -> Verdict:
    """Verify the chain of the workspace in scope as a whole, in this transaction."""
    inspection = Inspection()
    while inspect(inspection):
        pass
    return conclude(inspection)


def verify_workspace(workspace_id: UUID, *, batch: int = BATCH) -> Verdict | None:
    """Link what waits and verify a workspace's chain, or go on with a verification that was cut off; keep what it found.

    Asked outside any scope. None where another verification of the workspace is at work. A chain that does not hold is an
    event of the site.
    """
    with transaction.atomic(), enter_workspace(workspace_id):
        link_events()
        Verification.objects.get_or_create(workspace_id=workspace_id)
    verdict: Verdict | None = None
    while verdict is None:
        with transaction.atomic(), enter_workspace(workspace_id):
            row = Verification.objects.select_for_update(skip_locked=True).filter(workspace_id=workspace_id).first()
            if row is None:
                return None
            verdict = _go_on(row, batch)
    if verdict.fault_count:
        _tell(workspace_id, verdict)
    return verdict


def inspect(inspection: Inspection, *, batch: int = BATCH) -> bool:
    """Go on by one batch of links of the workspace in scope; False when there are no more."""
    # None is signed meanwhile: one that came after these links were read, and not over all of them, could not be held
    # against the tree any more.
    lock_checkpoints()
    walk, keys = inspection.walk, verification_keys()
    within = Checkpoint.objects.filter(number__gt=inspection.checkpoint, size__lte=walk.sequence + batch)
    checkpoints = deque(within.order_by("number"))
    steps = read_steps(walk.sequence, batch)
    _hold_against_all(inspection, checkpoints, keys)
    for step in steps:
        for fault in advance(walk, step):
            inspection.note(fault)
        _hold_against_all(inspection, checkpoints, keys)
    return bool(steps)


def conclude(inspection: Inspection) -> Verdict:
    """What there is to say when no link is left: what was cut off, lost or never linked."""
    workspace_id, keys = current_workspace_id(), verification_keys()
    kept_elsewhere = {
        "was signed here": noted_checkpoint(workspace_id),
        "was copied": _copied(inspection, workspace_id),
    }
    for checkpoint in Checkpoint.objects.filter(number__gt=inspection.checkpoint).order_by("number"):
        length = inspection.walk.sequence
        inspection.note(
            f"checkpoint {checkpoint.number} covers {checkpoint.size} events: the chain ends after {length}"
        )
        _pass(inspection, checkpoint, keys)
    for words, noted in kept_elsewhere.items():
        if noted is not None and not is_kept(noted):
            inspection.note(f"checkpoint {noted.number}, over {noted.size} events, {words} and is not to be found")
    # One statement, so that an event that comes in meanwhile is seen together with its place in the queue.
    mine = {"event_id": OuterRef("id")}
    lost = Event.objects.filter(~Exists(Link.objects.filter(**mine)), ~Exists(Pending.objects.filter(**mine)))
    for event_id in lost.values_list("id", flat=True):
        inspection.note(f"event {event_id} is in no chain and not waiting for one")
    gone = Pending.objects.filter(~Exists(Event.objects.filter(id=OuterRef("event_id"))))
    for event_id in gone.values_list("event_id", flat=True):
        inspection.note(f"event {event_id} waits to be linked and is missing")
    return Verdict(
        length=inspection.walk.sequence,
        head=inspection.walk.head,
        waiting=Pending.objects.count(),
        checkpoints=inspection.checkpoint,
        fault_count=inspection.fault_count,
        faults=tuple(inspection.faults),
    )


def _copied(inspection: Inspection, workspace_id: UUID) -> Noted | None:
    try:
        return copied_checkpoint(workspace_id)
    except CopyUnreadable:
        inspection.note("the copy in the second place cannot be read")
    except OSError:
        # A place that is away is no fault of the log's: that nothing was copied there is an event.
        pass
    return None


def _go_on(row: Verification, batch: int) -> Verdict | None:
    now = timezone.now()
    inspection = _kept(row, now)
    if inspection is None:
        inspection, row.began_at = Inspection(), now
    if inspect(inspection, batch=batch):
        row.progress = _keep(inspection, row)
        row.save(update_fields=["progress", "began_at"])
        return None
    verdict = conclude(inspection)
    row.progress, row.finished_at = "", now
    row.length, row.waiting, row.checkpoints = verdict.length, verdict.waiting, verdict.checkpoints
    row.fault_count, row.faults = verdict.fault_count, list(verdict.faults)
    row.save()
    return verdict


def _hold_against_all(inspection: Inspection, checkpoints: deque[Checkpoint], keys: dict[str, VerificationKey]) -> None:
    while checkpoints and checkpoints[0].size <= inspection.walk.sequence:
        _hold_against(inspection, checkpoints.popleft(), keys)


def _hold_against(inspection: Inspection, checkpoint: Checkpoint, keys: dict[str, VerificationKey]) -> None:
    walk, number = inspection.walk, checkpoint.number
    if checkpoint.size != walk.sequence:
        inspection.note(f"checkpoint {number} covers {checkpoint.size} events, fewer than the one before it")
    elif bytes(checkpoint.root) != walk.frontier.root() or bytes(checkpoint.head) != walk.head:
        inspection.note(f"the first {checkpoint.size} events are not those that checkpoint {number} was signed over")
    elif bytes(checkpoint.frontier) != walk.frontier.to_bytes():
        inspection.note(f"the tree kept with checkpoint {number} is not that of the events that it was signed over")
    _pass(inspection, checkpoint, keys)


def _pass(inspection: Inspection, checkpoint: Checkpoint, keys: dict[str, VerificationKey]) -> None:
    for fault in _faults_between(inspection, checkpoint):
        inspection.note(fault)
    if wrong := signature_fault(checkpoint, keys):
        inspection.note(wrong)
    inspection.checkpoint, inspection.checkpoint_hash = checkpoint.number, checkpoint_hash(checkpoint)
    inspection.taken_at = checkpoint.taken_at


def _faults_between(inspection: Inspection, checkpoint: Checkpoint) -> Iterator[str]:
    expected = inspection.checkpoint + 1
    if checkpoint.number != expected:
        yield f"checkpoint {expected} is missing: {checkpoint.number} comes after {inspection.checkpoint}"
    elif bytes(checkpoint.previous_hash) != inspection.checkpoint_hash:
        yield f"checkpoint {checkpoint.number} does not follow the one before it"
    if inspection.taken_at is not None and checkpoint.taken_at < inspection.taken_at:
        yield f"checkpoint {checkpoint.number} says an earlier time than the one before it"


def _keep(inspection: Inspection, row: Verification) -> str:
    walk = inspection.walk
    progress = Progress(
        workspace_id=row.workspace_id,
        began_at=row.began_at or timezone.now(),
        sequence=walk.sequence,
        head=walk.head.hex(),
        size=walk.frontier.size,
        frontier=walk.frontier.to_bytes().hex(),
        checkpoint=inspection.checkpoint,
        checkpoint_hash=inspection.checkpoint_hash.hex(),
        taken_at=inspection.taken_at,
        fault_count=inspection.fault_count,
        faults=inspection.faults,
    )
    return signing.Signer(salt=SALT).sign(msgspec.json.encode(progress).decode())


def _kept(row: Verification, now: datetime) -> Inspection | None:
    """The inspection to go on with, None where there is none, or none that this version of the installation has kept."""
    if not row.progress:
        return None
    try:
        kept = msgspec.json.decode(signing.Signer(salt=SALT).unsign(row.progress), type=Progress)
    except (signing.BadSignature, msgspec.DecodeError):
        return None
    if kept.workspace_id != row.workspace_id or now - kept.began_at > GOES_ON_FOR:
        return None
    frontier = Frontier.from_bytes(kept.size, bytes.fromhex(kept.frontier))
    return Inspection(
        walk=Walk(kept.sequence, bytes.fromhex(kept.head), frontier),
        checkpoint=kept.checkpoint,
        checkpoint_hash=bytes.fromhex(kept.checkpoint_hash),
        taken_at=kept.taken_at,
        fault_count=kept.fault_count,
        faults=kept.faults,
    )


def _tell(workspace_id: UUID, verdict: Verdict) -> None:
    with transaction.atomic(), enter_workspace(SITE_ID):
        record(
            actor=Actor.system("verification"),
            action="audit.chain.broken",
            target=Target("workspace", workspace_id),
            detail={"faults": verdict.fault_count, "first": verdict.faults[0]},
            outcome=Event.Outcome.FAILED,
        )
