"""A copy of every record in a second place, if there is one (AUDIT_BACKUP_DIR, a mounted bucket or disk): for each
checkpoint a file with the events that it added and one with itself, none of which is ever written again.

`verify.py` verifies a folder of them as it does an export. Sealed bytes stay sealed: there are no words in them.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.canonical import as_canonical, event_facts
from audit.checkpoints import Noted, checkpoint_hash, published_keys, signed_checkpoint
from audit.models import Checkpoint
from audit.walking import BATCH, Step, read_steps
from vault.tenancy import enter_workspace

PARTIAL = ".part"


class CopyUnreadable(RuntimeError):
    """What stands in the second place as the last checkpoint is none."""


def is_configured() -> bool:
    """Whether there is a second place."""
    return settings.AUDIT_BACKUP_DIR is not None


def copy_record(workspace_id: UUID, *, batch: int = BATCH) -> int:
    """Copy what was signed since the last copy; how many checkpoints. Outside any scope. Raises OSError and
    CopyUnreadable.

    The checkpoint's file is the last one written, so one that was cut off is done anew.
    """
    folder = _folder(workspace_id)
    if folder is None:
        return 0
    folder.mkdir(mode=0o700, exist_ok=True)
    known = copied_checkpoint(workspace_id)
    copied, before = (known.number, known.size) if known else (0, 0)
    with transaction.atomic(), enter_workspace(workspace_id):
        new = list(Checkpoint.objects.filter(number__gt=copied).order_by("number"))
    for checkpoint in new:
        name = f"{checkpoint.number:08}-{checkpoint.taken_at:%Y-%m-%d}.json"
        _write(folder / f"events-{name}l", _event_lines(workspace_id, before, checkpoint.size, batch))
        _write(folder / f"keys-{name}", [_as_json(published_keys())])
        _write(folder / f"checkpoint-{name}", [_as_json([_checkpoint(checkpoint)])])
        before = checkpoint.size
    return len(new)


def copied_checkpoint(workspace_id: UUID) -> Noted | None:
    """The last checkpoint as it was copied, None where nothing was or the place is away. Raises OSError, CopyUnreadable."""
    folder = _folder(workspace_id)
    paths = sorted(folder.glob("checkpoint-*.json")) if folder else []
    if not paths:
        return None
    written = paths[-1].read_bytes()
    try:
        (copied,) = json.loads(written)
        return Noted(copied["facts"]["number"], copied["facts"]["size"], copied["hash"])
    except (ValueError, LookupError, TypeError) as reason:
        raise CopyUnreadable(paths[-1].name) from reason


def set_aside(workspace_id: UUID) -> None:
    """Keep a copy under another name and begin a new one: for a record whose end is really gone, as after a restore."""
    folder = _folder(workspace_id)
    if folder is not None and folder.exists():
        folder.rename(folder.with_name(f"{folder.name}.until-{timezone.now():%Y-%m-%dT%H%M%S}"))


def _event_lines(workspace_id: UUID, after: int, until: int, batch: int) -> Iterator[bytes]:
    while after < until:
        with transaction.atomic(), enter_workspace(workspace_id):
            steps = read_steps(after, min(batch, until - after))
            lines = b"".join(map(_line, steps))
        if not steps:
            return
        yield lines
        after = steps[-1].link.sequence


def _line(step: Step) -> bytes:
    if step.event is None:
        return b""
    link = step.link
    place = {"sequence": link.sequence, "previous": bytes(link.previous_hash).hex(), "hash": bytes(link.hash).hex()}
    return as_canonical({"event": event_facts(step.event), "link": place}) + b"\n"


def _checkpoint(checkpoint: Checkpoint) -> dict[str, object]:
    return {**signed_checkpoint(checkpoint), "hash": checkpoint_hash(checkpoint).hex()}


def _write(path: Path, content: Iterator[bytes] | list[bytes]) -> None:
    """Write a file whole, unless it is there. Under another name until it is: a mounted bucket knows no links."""
    if path.exists():
        return
    # Two that copy at once each have their own, with the same content.
    partial = path.with_name(f"{path.name}.{token_hex(4)}{PARTIAL}")
    with partial.open("xb") as file:
        for block in content:
            file.write(block)
        # Else a cut of power might leave an empty file under the name of a whole one, which is never written again.
        file.flush()
        os.fsync(file.fileno())
    try:
        if not path.exists():
            partial.rename(path)
    except FileNotFoundError:
        # Whoever was done between these two lines has cleared up.
        if not path.exists():
            raise
    for left in path.parent.glob(f"{path.name}.*{PARTIAL}"):
        left.unlink(missing_ok=True)
    # A mounted bucket may know no modes either.
    with suppress(OSError):
        path.chmod(0o400)


def _as_json(content: object) -> bytes:
    return json.dumps(content, sort_keys=True).encode() + b"\n"


def _folder(workspace_id: UUID) -> Path | None:
    place = settings.AUDIT_BACKUP_DIR
    return None if place is None else Path(place) / str(workspace_id)
