"""`manage.py accept_restored_record`: go on with a record whose end is really gone, as after an older database was restored.

Until then nothing more is signed of it. What is missing stays in the copies, and that it is missing is an event.
"""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit.checkpoints import forget_noted, is_kept, lock_checkpoints, newest_checkpoint, noted_checkpoint
from audit.copies import CopyUnreadable, copied_checkpoint, set_aside
from audit.log import Actor, Target, record
from vault.tenancy import SITE_ID, enter_workspace


class Command(BaseCommand):
    help = "Sign a record on from where it ends now, though more of it was signed before. Say why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workspace", type=UUID)
        parser.add_argument("--because", required=True, help="such as: the database of 3 March was restored")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace_id: UUID = options["workspace"]
        with transaction.atomic(), enter_workspace(workspace_id):
            missing = _count_missing(workspace_id)
        if missing is None:
            raise CommandError("Nothing is missing from this record.")
        # First of all: whatever stops the rest, it was accepted, and can be once more.
        with transaction.atomic(), enter_workspace(SITE_ID):
            record(
                actor=Actor.system("command"),
                action="audit.record.accepted",
                target=Target("workspace", workspace_id),
                detail={"missing": missing, "because": options["because"]},
            )
        with transaction.atomic(), enter_workspace(workspace_id):
            lock_checkpoints()
            forget_noted(workspace_id)
            set_aside(workspace_id)
        self.stdout.write(f"The record goes on without {missing} events that had been signed.")


def _count_missing(workspace_id: UUID) -> int | None:
    """How many events more were signed than there are, as far as that is known; None where none is missing."""
    last, kept = newest_checkpoint(), [noted_checkpoint(workspace_id)]
    try:
        kept.append(copied_checkpoint(workspace_id))
    except CopyUnreadable:
        return 0
    gone = [noted.size for noted in kept if noted is not None and not is_kept(noted)]
    return max(0, max(gone) - (last.size if last else 0)) if gone else None
