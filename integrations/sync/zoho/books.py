"""What every part of a run over books needs: the run's lease, the way to Zoho, and whose books they are."""

from dataclasses import dataclass

from audit.log import Actor
from integrations.gateway import ZohoCaller
from integrations.models import ZohoGrant
from integrations.sync.lease import Lease, hold

ACTOR = Actor.system("sync")

_SCOPE = ("ZohoBooks.", ".READ")


@dataclass(frozen=True, slots=True)
class Books:
    """One organisation's books in one run. `scopes` are the parts of the grant, such as "invoices"."""

    lease: Lease
    caller: ZohoCaller
    organization_id: str
    base_currency: str
    scopes: frozenset[str]


def open_books(lease: Lease, caller: ZohoCaller) -> Books:
    """Read what was granted. Raises LeaseLost, ZohoGrant.DoesNotExist."""
    with hold(lease) as held:
        granted = ZohoGrant.objects.get(connection=held.connection).scopes.split()
    facts = caller.organization
    scopes = frozenset(one.removeprefix(_SCOPE[0]).removesuffix(_SCOPE[1]) for one in granted)
    return Books(lease, caller, facts.organization_id, facts.base_currency, scopes)
