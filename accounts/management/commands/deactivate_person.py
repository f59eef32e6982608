"""Lock somebody out of everything at once: login, sessions, invitations; what they answered for goes to an Owner."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import deactivate_person
from accounts.key_owners import UnknownOwner, find_person
from audit.log import Actor


class Command(BaseCommand):
    help = "Let somebody in no more, at once and everywhere. `reactivate_person` is the way back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", metavar="EMAIL", help="the address they sign in with, or their id")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            owner = find_person(options["person"])
        except UnknownOwner as reason:
            raise CommandError(str(reason)) from None
        is_new = deactivate_person(actor=Actor.system("operator"), user_id=owner.id)
        self.stdout.write(f"Person {owner.id} {'is locked out' if is_new else 'was locked out before'}.")
