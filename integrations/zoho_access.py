"""Zoho's two servers for work of one workspace, every call allow-listed and counted: the one for tokens, the one for data."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.conf import settings

from config.env import Zoho
from config.outbound import OutboundSession
from integrations.calls import count_call
from integrations.models import Connection
from integrations.providers.zoho import ZohoClient, allow_data
from integrations.providers.zoho_errors import Misconfigured
from integrations.providers.zoho_oauth import ZohoOAuth, allow_oauth
from integrations.providers.zoho_places import place_of

CALLBACK = "/oauth/zoho/"


def zoho_access() -> Zoho:
    """This installation's access to Zoho. Raises Misconfigured where there is none."""
    access: Zoho | None = settings.ZOHO
    if access is None:
        raise Misconfigured("not_set_up")
    return access


def redirect_uri() -> str:
    """Where Zoho sends people back to, as it is registered there."""
    return f"{settings.BASE_URL}{CALLBACK}"


@contextmanager
def oauth_at(workspace_id: UUID, location: str) -> Iterator[ZohoOAuth]:
    """The tokens' server of a data centre. Use it outside transactions. Raises Misconfigured."""
    access = zoho_access()
    place = place_of(location, access)
    allow = allow_oauth(place, production=settings.ENVIRONMENT.is_production)
    with OutboundSession(allow, partial(count_call, workspace_id, Connection.Provider.ZOHO.value)) as session:
        yield ZohoOAuth(session, place, access)


@contextmanager
def data_at(workspace_id: UUID, location: str, organization_id: str | None) -> Iterator[ZohoClient]:
    """The data of one organisation, or with None the list of them. Use it outside transactions. Raises Misconfigured."""
    place = place_of(location, zoho_access())
    allow = allow_data(place, production=settings.ENVIRONMENT.is_production)
    with OutboundSession(allow, partial(count_call, workspace_id, Connection.Provider.ZOHO.value)) as session:
        yield ZohoClient(session, place, organization_id)
