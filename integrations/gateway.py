"""The way to a provider: a client whose every call is allow-listed and counted for one workspace."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.conf import settings

from config.outbound import OutboundSession
from integrations.calls import count_call
from integrations.models import Connection
from integrations.providers.plaid import PlaidAccess, PlaidClient, allow_plaid
from integrations.providers.secret import Secret


@contextmanager
def plaid_for(workspace_id: UUID) -> Iterator[PlaidClient]:
    """Plaid's client for work of that workspace. Use it outside transactions: a call may take a minute."""
    plaid = settings.PLAID
    allow = allow_plaid(plaid.base_url, production=settings.ENVIRONMENT.is_production)
    on_call = partial(count_call, workspace_id, Connection.Provider.PLAID.value)
    with OutboundSession(allow, on_call) as session:
        yield PlaidClient(session, PlaidAccess(plaid.base_url, plaid.client_id, Secret(plaid.secret)))
