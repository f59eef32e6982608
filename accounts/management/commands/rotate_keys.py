"""`manage.py rotate_keys`: seal everything anew under newer keys, while the product runs. Killed, it goes on where it was."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

from accounts.actions import OldValuesLeft
from accounts.key_arguments import add_owner_arguments, read_owners
from accounts.rotation import ROWS_AT_ONCE, Pace, rotate_key
from audit.log import Actor
from vault.keyring import KeyDestroyed, KeyMissing
from vault.lifecycle import KEPT_FOR_BACKUPS, forget_old_shares, is_rotating, owner_scope
from vault.providers.base import KeyOwner, KeyUnusable
from vault.waiting import StillOpen

ACTOR = Actor.system("rotate_keys")
SECONDS_BETWEEN_LINES = 5.0


class Command(BaseCommand):
    help = (
        "Rotate the keys of workspaces and people while the product runs. Run it again to go on after it was stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_owner_arguments(parser)
        parser.add_argument(
            "--rows-at-once", type=int, default=ROWS_AT_ONCE, help="most rows in one transaction (%(default)s)"
        )
        parser.add_argument("--pause", type=float, default=0.0, help="seconds to rest after each transaction")
        parser.add_argument(
            "--only-finish", action="store_true", help="go on with rotations that were begun, and begin none"
        )
        parser.add_argument(
            "--forget-at-once",
            action="store_true",
            help=f"do not keep the old versions' shares in the key store for {KEPT_FOR_BACKUPS.days} days: database "
            "backups of before the rotation can then no longer be restored",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        pace = Pace(options["rows_at_once"], options["pause"])
        failed = 0
        for owner in read_owners(options):
            with owner_scope(owner):
                is_begun = is_rotating(owner)
            if is_begun or not options["only_finish"]:
                failed += not self._rotate(owner, pace, is_asked_for=not options["all"])
            if options["forget_at_once"]:
                with owner_scope(owner):
                    forget_old_shares(owner)
        if failed:
            raise CommandError(f"{failed} rotation(s) are not finished")

    def _rotate(self, owner: KeyOwner, pace: Pace, *, is_asked_for: bool) -> bool:
        name = f"{owner.kind} {owner.id}"
        try:
            done = rotate_key(actor=ACTOR, owner=owner, watcher=_Printer(self.stdout), pace=pace)
        except (KeyDestroyed, KeyMissing) as reason:
            self.stdout.write(str(reason))
            return not is_asked_for
        except (OldValuesLeft, StillOpen, KeyUnusable) as reason:
            self.stderr.write(f"{name}: {reason}")
            return False
        for place in done.broken:
            self.stderr.write(f"{name}: does not open, and stays as it is: {place}")
        speed = f", {done.rows / done.seconds:,.0f} a second" if done.rows else ""
        self.stdout.write(
            f"{name}: version {done.version}, {done.rows:,} rows sealed anew in {done.seconds:.1f} s{speed}"
        )
        return not done.broken


class _Printer:
    """One line that moves on a terminal, a line now and then in a pipe."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out, self._moves = out, out.isatty()
        self._table, self._began, self._printed = "", 0.0, 0.0
        self._first = 0

    def on_begin(self, owner: KeyOwner, version: int, *, is_new: bool) -> None:
        how = "rotating to" if is_new else "going on with the rotation to"
        self._out.write(f"{owner.kind} {owner.id}: {how} version {version}")

    def on_rows(self, table: str, done: int, rows: int) -> None:
        now = time.monotonic()
        is_last = done == rows
        if table != self._table:
            self._table, self._began, self._printed, self._first = table, now, now, done
        if not is_last and now - self._printed < (0.1 if self._moves else SECONDS_BETWEEN_LINES):
            return
        self._printed = now
        speed = (done - self._first) / (now - self._began) if now > self._began else 0
        line = f"  {table:<32} {done:>11,} of {rows:>11,}  {done * 100 // max(rows, 1):>3} %  {speed:>9,.0f} rows/s"
        if self._moves:
            self._out.write(f"\r{line}", ending="\n" if is_last else "")
            self._out.flush()
        else:
            self._out.write(line)
            self._out.flush()
