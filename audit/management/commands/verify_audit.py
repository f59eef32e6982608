"""`manage.py verify_audit`: link what waits, recompute every workspace's chain, and fail when one does not hold."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.verification import verify_workspace
from vault.keyring import every_workspace_id


class Command(BaseCommand):
    help = "Verify the audit chain of the site and of every workspace, also against what was signed of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workspace", nargs="*", type=UUID, help="ids of workspaces; all of them when none is given")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for workspace_id in options["workspace"] or every_workspace_id():
            verdict = verify_workspace(workspace_id)
            if verdict is None:
                self.stdout.write(f"{workspace_id}  is being verified already")
                continue
            found = f"{verdict.length} events  {verdict.checkpoints} checkpoints  head {verdict.head.hex()[:16]}"
            self.stdout.write(f"{workspace_id}  {found}")
            for fault in verdict.faults:
                self.stderr.write(f"{workspace_id}  {fault}")
            if verdict.fault_count > len(verdict.faults):
                self.stderr.write(f"{workspace_id}  and {verdict.fault_count - len(verdict.faults)} more")
            broken += bool(verdict.fault_count)
        if broken:
            raise CommandError(f"{broken} chain(s) do not hold")
