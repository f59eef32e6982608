"""Make Stripe's products and prices from the table of plans. To be run once, and whenever that table has changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.catalogue import sync_plans
from billing.problems import NotPossible, StripeProblem


class Command(BaseCommand):
    help = "Make what Stripe lacks of the plans' products and prices, and a new price where an amount has changed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = sync_plans()
        except (StripeProblem, NotPossible) as problem:
            raise CommandError(str(problem)) from None
        for line in done:
            self.stdout.write(line)
