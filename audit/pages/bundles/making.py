"""Writing an export: the log goes by in batches, each read, opened and sealed again in a transaction of its own, so that
memory and transactions are as large for a million events as for a thousand.
"""

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC
from functools import partial
from hashlib import sha256
from typing import IO, cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone

from accounts.access import workspace_scope
from audit.canonical import GENESIS
from audit.checkpoints import ChainBroken, checkpoint_hash, sign_checkpoint
from audit.models import Checkpoint, Link
from audit.pages.bundles.actions import fail_bundle, finish_bundle, note_progress, take_up_bundle
from audit.pages.bundles.contents import (
    read_verifier,
    write_checkpoints,
    write_events,
    write_keys,
    write_manifest,
    write_readme,
)
from audit.pages.bundles.parts import PART_BYTES, SealedParts
from audit.walking import read_steps
from vault.keyring import KeyDestroyed

BATCH = 1_000
FORMAT = 1
# Sealed bytes in hex are half as large when packed, and no effort makes them smaller.
EFFORT = 1

log = logging.getLogger(__name__)


class _Overtaken(RuntimeError):
    """Another worker has taken this bundle up."""


@dataclass(frozen=True, slots=True)
class _Archive:
    """A ZIP that remembers the digest of each file for the manifest."""

    zip: ZipFile
    digests: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> None:
        with self.zip.open(name, "w") as file:
            file.write(data)
        self.digests[name] = sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One worker's attempt at a bundle."""

    workspace_id: UUID
    bundle_id: UUID
    run: UUID
    batch: int
    parts: SealedParts

    def scope(self) -> AbstractContextManager[None]:
        return workspace_scope(self.workspace_id)


def make_bundle(workspace_id: UUID, bundle_id: UUID, *, batch: int = BATCH, part_bytes: int = PART_BYTES) -> None:
    """Write a bundle that waits, outside any scope. Quiet when there is nothing to do or somebody else is at it."""
    try:
        sign_checkpoint(workspace_id)
    except ChainBroken as fault:
        # What does not hold is exported as it is, and whoever verifies it will see.
        log.error("Workspace %s is exported though its chain does not hold: %s", workspace_id, fault)
    with workspace_scope(workspace_id):
        run = take_up_bundle(bundle_id=bundle_id)
    if run is None:
        return
    attempt = _Attempt(workspace_id, bundle_id, run, batch, SealedParts(bundle_id, part_bytes=part_bytes))
    try:
        _write(attempt)
    except _Overtaken:
        return
    except KeyDestroyed:
        raise
    except Exception:
        with attempt.scope():
            fail_bundle(bundle_id=bundle_id, run=run)
        raise


def _write(attempt: _Attempt) -> None:
    with attempt.scope():
        # The checkpoints first: what they cover was there before them.
        checkpoints = list(Checkpoint.objects.order_by("number"))
        last = Link.objects.order_by("-sequence").first()
    events = last.sequence if last else 0
    # All that a ZIP asks of a stream is `write`, which its published types do not say.
    with ZipFile(cast(IO[bytes], attempt.parts), "w", ZIP_DEFLATED, compresslevel=EFFORT) as zipped:
        archive = _Archive(zipped)
        archive.add("README.txt", write_readme())
        archive.add("verify.py", read_verifier())
        archive.add("checkpoints.json", write_checkpoints(checkpoints))
        _write_events(attempt, archive, events)
        # The time, the keys and the signature at once: a key may be rotated while a long log is written.
        now = timezone.now().astimezone(UTC)
        archive.add("keys.json", write_keys())
        facts = {
            "checkpoint": (checkpoint_hash(checkpoints[-1]) if checkpoints else GENESIS).hex(),
            "events": events,
            "exported_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "files": dict(archive.digests),
            "format": FORMAT,
            "head": (bytes(last.hash) if last else GENESIS).hex(),
            "workspace_id": str(attempt.workspace_id),
        }
        archive.add("manifest.json", write_manifest(facts))
    with attempt.scope():
        attempt.parts.keep(all_of_it=True)
        if not finish_bundle(bundle_id=attempt.bundle_id, run=attempt.run, size=attempt.parts.size):
            raise _Overtaken


def _write_events(attempt: _Attempt, archive: _Archive, events: int) -> None:
    digest, written = sha256(), 0
    note = partial(note_progress, bundle_id=attempt.bundle_id, run=attempt.run, events=events)
    with archive.zip.open("events.jsonl", "w", force_zip64=True) as file:
        while written < events:
            with attempt.scope():
                steps = read_steps(written, min(attempt.batch, events - written))
                lines = write_events(steps)
                file.write(lines)
                digest.update(lines)
                attempt.parts.keep()
                written = steps[-1].link.sequence if steps else events
                if not note(written=written):
                    raise _Overtaken
    archive.digests["events.jsonl"] = digest.hexdigest()
