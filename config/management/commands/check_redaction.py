"""manage.py check_redaction: write one of each kind of secret in every way, and see that none comes out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.redaction import SHAPES
from config.redaction_check import LOGGERS, find_leaks


class Command(BaseCommand):
    help = "Check that logs and error reports show no secret"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        leaks = find_leaks()
        if leaks:
            raise CommandError("These came through:\n" + "\n".join(f"  {leak}" for leak in leaks))
        self.stdout.write(
            f"{len(SHAPES)} kinds of secret, {len(LOGGERS)} loggers and error reports: nothing came through."
        )
