"""The arguments by which a command is told whose keys it is about."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.key_owners import UnknownOwner, every_owner, find_person, find_workspace
from vault.providers.base import KeyOwner


def add_owner_arguments(parser: CommandParser, *, with_all: bool = True) -> None:
    """--workspace, --person and --all."""
    parser.add_argument("--workspace", nargs="+", default=[], metavar="SLUG", help="addresses (slugs) or ids")
    parser.add_argument("--person", nargs="+", default=[], metavar="EMAIL", help="sign-in addresses or ids")
    if with_all:
        parser.add_argument("--all", action="store_true", help="every workspace, the site and every person")


def read_owners(options: Mapping[str, Any]) -> list[KeyOwner]:
    """Whose keys are meant. Raises CommandError."""
    if options.get("all"):
        return list(every_owner())
    try:
        owners = [find_workspace(given) for given in options["workspace"]]
        owners += [find_person(given) for given in options["person"]]
    except UnknownOwner as reason:
        raise CommandError(str(reason)) from None
    if not owners:
        raise CommandError("Say whose keys are meant; --help tells how")
    return owners
