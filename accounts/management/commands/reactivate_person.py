"""Let somebody in again whom `deactivate_person` locked out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import PersonGone, reactivate_person
from accounts.key_owners import UnknownOwner, find_person
from audit.log import Actor


class Command(BaseCommand):
    help = "Let somebody in again, to the workspaces they belong to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", metavar="EMAIL", help="the address they sign in with, or their id")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            owner = find_person(options["person"])
            is_new = reactivate_person(actor=Actor.system("operator"), user_id=owner.id)
        except (UnknownOwner, PersonGone) as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(f"Person {owner.id} {'is let in again' if is_new else 'was not locked out'}.")
