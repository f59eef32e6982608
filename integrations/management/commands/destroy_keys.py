"""`manage.py destroy_keys`: end the access to banks and books, then make all that is sealed under a key unreadable for good."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.access import workspace_scope
from accounts.actions import SiteKeyStays, destroy_person_key, destroy_workspace_key
from accounts.key_arguments import add_owner_arguments, read_owners
from audit.log import Actor
from integrations.actions.links import end_link_session
from integrations.actions.visits import end_visit
from integrations.linking import end_access
from integrations.models import (
    LINK_OPEN_STATES,
    VISIT_OPEN_STATES,
    Connection,
    GrantVisit,
    ItemRemoval,
    LinkSession,
    LinkState,
    RemovalState,
    VisitState,
)
from integrations.problems import State
from integrations.removing import end_item
from vault.keyring import KeyDestroyed, KeyMissing
from vault.providers.base import KeyOwner

ACTOR = Actor.system("destroy_keys")


class Command(BaseCommand):
    help = "Destroy the keys of workspaces or people. Nothing sealed under them can ever be read again."

    def add_arguments(self, parser: CommandParser) -> None:
        add_owner_arguments(parser, with_all=False)
        parser.add_argument("--yes", action="store_true", help="it is meant: this cannot be undone")
        parser.add_argument(
            "--leave-access",
            action="store_true",
            help="destroy although a connection's access could not be ended; its token is then lost, and with it the means to",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        owners = read_owners(options)
        if not options["yes"]:
            raise CommandError("Nothing was done. This cannot be undone, not from a backup either; say --yes to do it")
        for owner in owners:
            if owner.kind == "workspace" and not options["leave_access"]:
                self._end_access(owner.id)
            self._destroy(owner)

    def _end_access(self, workspace_id: UUID) -> None:
        try:
            open_ones = _end_access_of(workspace_id)
        except KeyDestroyed:
            return
        if open_ones:
            raise CommandError(
                f"Nothing was destroyed. {open_ones} connection(s) are disconnected here and have not confirmed the end of the "
                "access yet: try again later, or say --leave-access"
            )

    def _destroy(self, owner: KeyOwner) -> None:
        try:
            if owner.kind == "workspace":
                is_new = destroy_workspace_key(actor=ACTOR, workspace_id=owner.id)
            else:
                is_new = destroy_person_key(actor=ACTOR, person_id=owner.id)
        except (KeyMissing, SiteKeyStays) as reason:
            raise CommandError(str(reason)) from None
        was = "was destroyed" if is_new else "had been destroyed before; what was left of it in the key store is gone"
        self.stdout.write(f"{owner.kind} {owner.id}: its key {was}")


def _end_access_of(workspace_id: UUID) -> int:
    """End the access to every bank and all books of a workspace, also what a visit to a bank's page, or Zoho's, was given
    and has not kept yet; how many have not confirmed it. Raises KeyDestroyed.
    """
    with workspace_scope(workspace_id):
        for link in LinkSession.objects.filter(state__in=(LinkState.STARTING, *LINK_OPEN_STATES)):
            end_link_session(actor=ACTOR, session_id=link.pk, state=LinkState.EXPIRED)
        for visit in GrantVisit.objects.filter(state__in=VISIT_OPEN_STATES):
            end_visit(actor=ACTOR, visit_id=visit.pk, state=VisitState.EXPIRED)
        connected = list(Connection.objects.exclude(state=State.DISCONNECTED).values_list("pk", flat=True))
        waiting = list(ItemRemoval.objects.filter(state=RemovalState.DUE).values_list("pk", flat=True))
    ended = [end_access(actor=ACTOR, workspace_id=workspace_id, connection_id=one) for one in connected]
    ended += [end_item(workspace_id, one, at_once=True) for one in waiting]
    return ended.count(False)
