"""`manage.py accept_restored_record`: go on with a record whose end is really gone, as after an older database was restored.

Until then nothing more is signed of it. What is missing stays in the copies, and that it is missing is an event.
"""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit.checkpoints import forget_noted, is_kept, newest_checkpoint, noted_checkpoint
from audit.copies import set_aside
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
            noted, last = noted_checkpoint(workspace_id), newest_checkpoint()
            if noted is None or is_kept(noted):
                raise CommandError("Nothing is missing from this record.")
            missing = noted.size - (last.size if last else 0)
            forget_noted(workspace_id)
            set_aside(workspace_id)
        with transaction.atomic(), enter_workspace(SITE_ID):
            record(
                actor=Actor.system("command"),
                action="audit.record.accepted",
                target=Target("workspace", workspace_id),
                detail={"missing": missing, "because": options["because"]},
            )
        self.stdout.write(f"The record goes on without {missing} events that had been signed.")
