"""`manage.py verify_audit`: link what waits, recompute every workspace's chain, and fail when one does not hold."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit.chain import link_events, verify_chain
from vault.keyring import every_workspace_id
from vault.tenancy import enter_workspace


class Command(BaseCommand):
    help = "Verify the audit chain of the site and of every workspace."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workspace", nargs="*", type=UUID, help="ids of workspaces; all of them when none is given")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for workspace_id in options["workspace"] or every_workspace_id():
            with transaction.atomic(), enter_workspace(workspace_id):
                link_events()
                verdict = verify_chain()
            self.stdout.write(f"{workspace_id}  {verdict.length} events  head {verdict.head.hex()[:16]}")
            for fault in verdict.faults:
                self.stderr.write(f"{workspace_id}  {fault}")
            broken += bool(verdict.faults)
        if broken:
            raise CommandError(f"{broken} chain(s) do not hold")
