"""Checkpoints: what the installation signs of a chain each day. Each holds the hash of the one before, so they chain too.

A checkpoint covers only what was recomputed from the events since the one before it: a chain that does not hold is not
signed, nor one from which something is missing that was signed before. The signature is over `CONTEXT` and canonical JSON
with hex for bytes; an auditor's verifier needs only this page.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone

from audit.canonical import GENESIS, as_canonical
from audit.chain import link_events
from audit.merkle import Frontier
from audit.models import Checkpoint
from audit.walking import BATCH, Walk, advance, read_steps
from vault.locks import lock_until_commit
from vault.signing import VerificationKey, forget_signed, is_signed, note_signed, noted_signed, sign, verification_keys
from vault.tenancy import current_workspace_id, enter_workspace

FORMAT = 1
ALGORITHM = "Ed25519"
# Of more than this, several checkpoints are signed one after the other: proving one event reads those of its checkpoint.
MOST_COVERED = 5_000
CONTEXT = b"counterfoil audit checkpoint v1\x00"


class ChainBroken(RuntimeError):
    """A chain does not hold, so no checkpoint of it is signed. The message is the first fault found."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What is kept beside the keys of the last checkpoint: cut from the database, it is still missed."""

    number: int
    size: int
    hash: str


def checkpoint_facts(checkpoint: Checkpoint) -> dict[str, object]:
    """What is signed, as it is written down."""
    return {
        "format": FORMAT,
        "head": bytes(checkpoint.head).hex(),
        "number": checkpoint.number,
        "previous": bytes(checkpoint.previous_hash).hex(),
        "root": bytes(checkpoint.root).hex(),
        "size": checkpoint.size,
        "taken_at": checkpoint.taken_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "workspace_id": str(checkpoint.workspace_id),
    }


def signed_checkpoint(checkpoint: Checkpoint) -> dict[str, object]:
    """A checkpoint with its signature, as it is written down."""
    signature = {"key_id": checkpoint.key_id, "value": bytes(checkpoint.signature).hex()}
    return {"facts": checkpoint_facts(checkpoint), "signature": signature}


def published_keys() -> list[dict[str, str | None]]:
    """Every key that this installation ever signed with, the oldest first. Times are UTC."""
    return [
        {
            "id": key.id,
            "algorithm": ALGORITHM,
            "public": key.public.hex(),
            "created_at": _moment(key.created_at),
            "retired_at": _moment(key.retired_at),
        }
        for key in verification_keys().values()
    ]


def signed_bytes(checkpoint: Checkpoint) -> bytes:
    """The bytes that the signature is over."""
    return CONTEXT + as_canonical(checkpoint_facts(checkpoint))


def checkpoint_hash(checkpoint: Checkpoint) -> bytes:
    """What the next checkpoint holds of this one: the SHA-256 of what was signed and of the signature."""
    return sha256(signed_bytes(checkpoint) + bytes(checkpoint.signature)).digest()


def sign_checkpoint(workspace_id: UUID, *, batch: int = BATCH) -> Checkpoint | None:
    """Link what waits and sign the chain as it is now; the last checkpoint signed, None where there was nothing new to sign.

    Asked outside any scope: it opens a transaction for each `batch` of events. Raises ChainBroken.
    """
    with transaction.atomic(), enter_workspace(workspace_id):
        link_events()
    walk, base, signed = Walk(), 0, None
    while True:
        with transaction.atomic(), enter_workspace(workspace_id):
            lock_checkpoints()
            last = newest_checkpoint()
            _require_noted(workspace_id)
            if last is not None and last.number != base:
                walk, base = _walk_from(last), last.number
            steps = read_steps(walk.sequence, batch)
            for step in steps:
                for fault in advance(walk, step):
                    raise ChainBroken(fault)
            if len(steps) < batch or walk.sequence - (last.size if last else 0) >= MOST_COVERED:
                signed = _sign(walk, last) or signed
            if len(steps) < batch:
                return signed


def lock_checkpoints() -> None:
    """Let nobody else sign a checkpoint of the workspace in scope until this transaction ends."""
    lock_until_commit(f"audit.checkpoint:{current_workspace_id()}")


def newest_checkpoint() -> Checkpoint | None:
    """The last checkpoint of the workspace in scope."""
    return Checkpoint.objects.order_by("-number").first()


def signature_fault(checkpoint: Checkpoint, keys: dict[str, VerificationKey]) -> str | None:
    """What is wrong with a checkpoint's signature, or when it was made, as a sentence; None where nothing is."""
    key = keys.get(checkpoint.key_id)
    if key is None:
        return f"checkpoint {checkpoint.number} names a signing key that is not of this installation"
    if not is_signed(key.public, bytes(checkpoint.signature), signed_bytes(checkpoint)):
        return f"the signature of checkpoint {checkpoint.number} is not by the key that it names"
    misuse = key.misuse_at(checkpoint.taken_at)
    return f"checkpoint {checkpoint.number} was signed {misuse}" if misuse else None


def is_kept(noted: Noted) -> bool:
    """Whether the checkpoint that was noted elsewhere is still the one in the database."""
    kept = Checkpoint.objects.filter(number=noted.number).first()
    return kept is not None and checkpoint_hash(kept).hex() == noted.hash


def note_checkpoint(checkpoint: Checkpoint) -> None:
    """Note beside the keys that this is the last one signed."""
    noted = Noted(checkpoint.number, checkpoint.size, checkpoint_hash(checkpoint).hex())
    note_signed(checkpoint.workspace_id, msgspec.json.encode(noted))


def forget_noted(workspace_id: UUID) -> None:
    """Take the newest checkpoint there is for the last one signed. For `accept_restored_record` alone."""
    last = newest_checkpoint()
    if last is None:
        forget_signed(workspace_id)
    else:
        note_checkpoint(last)


def noted_checkpoint(workspace_id: UUID) -> Noted | None:
    """The last checkpoint as it was noted beside the keys."""
    note = noted_signed(workspace_id)
    return None if note is None else msgspec.json.decode(note, type=Noted)


def _require_noted(workspace_id: UUID) -> None:
    # Else a new checkpoint would be noted in the place of the one that somebody has removed.
    noted = noted_checkpoint(workspace_id)
    if noted is not None and not is_kept(noted):
        raise ChainBroken(f"checkpoint {noted.number} was signed here and is not to be found")


def _walk_from(last: Checkpoint) -> Walk:
    fault = signature_fault(last, verification_keys())
    if fault:
        raise ChainBroken(fault)
    try:
        frontier = Frontier.from_bytes(last.size, bytes(last.frontier))
    except ValueError:
        frontier = Frontier.empty()
    if frontier.root() != bytes(last.root):
        raise ChainBroken(f"the tree kept with checkpoint {last.number} does not make the root that was signed")
    return Walk(last.size, bytes(last.head), frontier)


def _sign(walk: Walk, last: Checkpoint | None) -> Checkpoint | None:
    if walk.sequence == (last.size if last else 0):
        return None
    checkpoint = Checkpoint(
        workspace_id=current_workspace_id(),
        number=last.number + 1 if last else 1,
        size=walk.sequence,
        head=walk.head,
        root=walk.frontier.root(),
        frontier=walk.frontier.to_bytes(),
        previous_hash=checkpoint_hash(last) if last else GENESIS,
        taken_at=_now(last),
    )
    signature = sign(signed_bytes(checkpoint))
    checkpoint.key_id, checkpoint.signature = signature.key_id, signature.value
    checkpoint.save(force_insert=True)
    transaction.on_commit(partial(note_checkpoint, checkpoint))
    return checkpoint


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _now(last: Checkpoint | None) -> datetime:
    # A clock that was set back must not make checkpoints go back in time.
    now = timezone.now()
    return max(now, last.taken_at) if last else now
