"""`manage.py verify_sheets`: recompute every sheet of every workspace from its rows, and fail when one differs."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.access import workspace_scope
from ledger.kinds import Book
from ledger.sheets.verify import SheetVerdict, months_to_verify, verify_month
from vault.keyring import KeyDestroyed, every_workspace_id
from vault.tenancy import SITE_ID


class Command(BaseCommand):
    help = "Recompute every month sheet from its rows and name the differences."

    def handle(self, *args: Any, **options: Any) -> None:
        differing = 0
        for workspace_id in every_workspace_id():
            if workspace_id != SITE_ID:
                differing += self._verify_workspace(workspace_id)
        if differing:
            raise CommandError(f"{differing} sheet(s) differ from their rows")

    def _verify_workspace(self, workspace_id: UUID) -> int:
        try:
            verdicts = _verify(workspace_id)
        except KeyDestroyed:
            self.stdout.write(f"{workspace_id}  its key was destroyed, and with it every sheet")
            return 0
        rows, stale = sum(one.rows for one in verdicts), sum(one.is_stale for one in verdicts)
        self.stdout.write(f"{workspace_id}  {len(verdicts)} sheets, {rows} rows, {stale} waiting to be rebuilt")
        for verdict in verdicts:
            for difference in verdict.differences:
                self.stderr.write(f"{workspace_id}  {verdict.book} {difference}")
        return sum(bool(one.differences) for one in verdicts)


def _verify(workspace_id: UUID) -> list[SheetVerdict]:
    verdicts = []
    for book in Book:
        with workspace_scope(workspace_id):
            months = months_to_verify(book)
        for month in months:
            with workspace_scope(workspace_id):
                verdicts.append(verify_month(book, month))
    return verdicts
