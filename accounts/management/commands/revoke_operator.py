"""Make somebody an operator no more. Run on the machine, with OWNER_DATABASE_URL; there is no page for it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import NoOwnerAddress, revoke_operator
from accounts.key_owners import UnknownOwner, find_person
from audit.log import Actor


class Command(BaseCommand):
    help = "Take the operators' flag from somebody, from their next request on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", metavar="EMAIL", help="the address they sign in with, or their id")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            owner = find_person(options["person"])
            is_new = revoke_operator(actor=Actor.system("revoke_operator"), user_id=owner.id)
        except (UnknownOwner, NoOwnerAddress) as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(f"Person {owner.id} {'carries the flag no more' if is_new else 'carried none'}.")
