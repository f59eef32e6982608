"""A connection as linking a bank makes one, without a bank: rows of the ledger have to come by one."""

from secrets import token_hex
from uuid import UUID

from accounts.access import workspace_scope
from accounts.models import Workspace
from integrations.models import Connection, ItemFacts
from integrations.providers.secret import Secret


def make_connection(workspace: Workspace, institution: str = "First Bank") -> UUID:
    """The id of a new connection in the workspace."""
    with workspace_scope(workspace.pk):
        facts = ItemFacts(item_id=f"item-{token_hex(8)}", institution=institution, institution_id="ins_1")
        return Connection.objects.create(facts=facts, access_token=Secret(f"access-{token_hex(8)}")).pk
