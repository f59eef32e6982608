"""`manage.py verify_keys`: count what is sealed under each key version, and fail when an old one still holds anything."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.key_arguments import add_owner_arguments, read_owners
from vault.providers.base import KeyOwner
from vault.resealing import ColumnVersions
from vault.verification import KeyReport, report_keys


class Command(BaseCommand):
    help = "Count the sealed values by key version, and fail when something of an old or destroyed version remains."

    def add_arguments(self, parser: CommandParser) -> None:
        add_owner_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        failing = 0
        for owner in read_owners(options):
            report = report_keys(owner)
            if report.problems or owner.kind == "workspace" or not options["all"]:
                self._show(owner, report)
            failing += bool(report.problems)
        if failing:
            raise CommandError(f"{failing} key(s) are not as they should be")
        self.stdout.write("Every value is sealed under its owner's newest key.")

    def _show(self, owner: KeyOwner, report: KeyReport) -> None:
        versions = ", ".join(f"version {one.number} {one.state} since {one.since:%Y-%m-%d}" for one in report.versions)
        self.stdout.write(f"{owner.kind} {owner.id}  {versions}")
        for column in report.columns:
            if column.counts:
                self.stdout.write(f"  {column.table}.{column.column}  {_counts(column)}")
        for problem in report.problems:
            self.stderr.write(f"{owner.kind} {owner.id}  {problem}")


def _counts(column: ColumnVersions) -> str:
    counts = ", ".join(f"{count:,} under {version}" for version, count in sorted(column.counts.items()))
    return f"{counts} (hashed, so never sealed anew)" if column.is_hashed else counts
