"""The way to a provider: a client whose every call is allow-listed and counted for one workspace."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.conf import settings

from accounts.access import workspace_scope
from config.outbound import OutboundSession
from integrations import zoho_budget
from integrations.calls import count_call
from integrations.models import Connection, OrganizationFacts, ZohoGrant
from integrations.providers.plaid import PlaidAccess, PlaidClient, allow_plaid
from integrations.providers.secret import Secret
from integrations.providers.zoho import Answer, ZohoClient
from integrations.providers.zoho_errors import DayLimit, GrantDenied, MinuteLimit, ScopeMissing, TokenRejected
from integrations.zoho_access import data_at
from integrations.zoho_tokens import access_token, forget_access_token


@contextmanager
def plaid_for(workspace_id: UUID) -> Iterator[PlaidClient]:
    """Plaid's client for work of that workspace. Use it outside transactions: a call may take a minute."""
    plaid = settings.PLAID
    allow = allow_plaid(plaid.base_url, production=settings.ENVIRONMENT.is_production)
    on_call = partial(count_call, workspace_id, Connection.Provider.PLAID.value)
    with OutboundSession(allow, on_call) as session:
        yield PlaidClient(session, PlaidAccess(plaid.base_url, plaid.client_id, Secret(plaid.secret)))


class ZohoCaller:
    """Reads one connection's organisation: with a good token, within the calls that are ours, each answer noted."""

    def __init__(
        self, workspace_id: UUID, connection_id: UUID, client: ZohoClient, organization: OrganizationFacts
    ) -> None:
        self._workspace_id = workspace_id
        self._connection_id = connection_id
        self._client = client
        self._fresh: Secret | None = None
        self.organization = organization

    def get(self, path: str, **params: str | int) -> Answer:
        """One answer of one of Zoho Books' lists (`providers.zoho.PATHS`). Takes a fresh token once where one is refused.

        Raises a ZohoProblem: ScopeMissing where this list was not granted, MustWait before a call that is not ours.
        """
        given = {name: str(value) for name, value in params.items()}
        token = access_token(self._workspace_id, self._connection_id)
        try:
            return self._get(path, given, token)
        except TokenRejected as rejected:
            # A token fresh from Zoho that is refused tells of a missing scope, and another would tell the same.
            if token == self._fresh:
                raise _refusal(rejected) from None
        forget_access_token(self._workspace_id, self._connection_id, token)
        self._fresh = access_token(self._workspace_id, self._connection_id)
        try:
            return self._get(path, given, self._fresh)
        except TokenRejected as rejected:
            raise _refusal(rejected) from None

    def _get(self, path: str, params: dict[str, str], token: Secret) -> Answer:
        organization_id = self.organization.organization_id
        zoho_budget.spend(organization_id)
        try:
            answer = self._client.get(path, params, token)
        except (MinuteLimit, DayLimit) as limit:
            zoho_budget.pause(organization_id, zoho_budget.seconds_of_pause(limit))
            raise
        zoho_budget.note(organization_id, answer.remaining, answer.reset, answer.limit)
        return answer


@contextmanager
def zoho_for(workspace_id: UUID, connection_id: UUID) -> Iterator[ZohoCaller]:
    """Zoho Books for a connection. Use it outside transactions. Raises GrantDenied where nothing is granted any more."""
    with workspace_scope(workspace_id):
        grant = ZohoGrant.objects.filter(connection_id=connection_id).first()
        if grant is None or grant.refresh_token is None:
            raise GrantDenied
        location, organization = grant.location, grant.organization
    with data_at(workspace_id, location, organization.organization_id) as client:
        yield ZohoCaller(workspace_id, connection_id, client, organization)


def _refusal(rejected: TokenRejected) -> ScopeMissing | GrantDenied:
    kind = ScopeMissing if rejected.error_code == "57" else GrantDenied
    return kind(rejected.error_code)
