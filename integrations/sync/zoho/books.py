"""What every part of a run over books needs: the run's lease, the way to Zoho, and whose books they are."""

import datetime as dt
from dataclasses import dataclass

from audit.log import Actor
from integrations.gateway import ZohoCaller
from integrations.models import BooksList, ZohoGrant
from integrations.sync.lease import Lease, hold
from integrations.zoho_scopes import lists_in

ACTOR = Actor.system("sync")


@dataclass(frozen=True, slots=True)
class Books:
    """One organisation's books in one run. `granted` are the lists that the grant of `granted_at` covers."""

    lease: Lease
    caller: ZohoCaller
    organization_id: str
    base_currency: str
    granted: frozenset[BooksList]
    granted_at: dt.datetime


def open_books(lease: Lease, caller: ZohoCaller) -> Books:
    """Read what was granted. Raises LeaseLost, ZohoGrant.DoesNotExist."""
    with hold(lease) as held:
        grant = ZohoGrant.objects.get(connection=held.connection)
    facts = caller.organization
    return Books(lease, caller, facts.organization_id, facts.base_currency, lists_in(grant.scopes), grant.granted_at)
