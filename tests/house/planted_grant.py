"""A grant at Zoho, and a visit there under way, of which nothing secret may be readable."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from audit.log import Actor
from integrations.actions.visits import receive_code, start_visit
from integrations.models import Connection, ItemFacts, OrganizationFacts, ZohoGrant
from integrations.providers.secret import Secret

SECRETS = ("organisation", "refresh token", "renewed access token", "code")


def secrets(mark: str) -> dict[str, str]:
    """One planted value for each of SECRETS."""
    return {what: f"Planted {what} {mark}" for what in SECRETS}


def plant_grant(actor: Actor, user_id: UUID, planted: dict[str, str]) -> None:
    """A connection to an organisation's books with both its tokens, and a code that waits to be traded."""
    name = planted["organisation"]
    connection = Connection.objects.create(provider=Connection.Provider.ZOHO, facts=ItemFacts("organisation-1", name))
    now = timezone.now()
    ZohoGrant.objects.create(
        connection=connection,
        location="us",
        organization=OrganizationFacts("organisation-1", name, "USD"),
        scopes="ZohoBooks.invoices.READ",
        refresh_token=Secret(planted["refresh token"]),
        access_token=Secret(planted["renewed access token"]),
        access_expires_at=now + timedelta(minutes=55),
        granted_at=now,
    )
    visit = start_visit(actor=actor, user_id=user_id, session_key="a-session")
    receive_code(actor=actor, visit_id=visit.visit_id, code=Secret(planted["code"]), location="us")
