"""A grant at Zoho, and a visit there under way, of which nothing secret may be readable."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from audit.log import Actor
from integrations.actions.visits import keep_tokens, offer_organizations, receive_code, start_visit
from integrations.models import Connection, ItemFacts, OrganizationFacts, ZohoGrant
from integrations.providers.secret import Secret
from integrations.providers.zoho_oauth import Tokens

SECRETS = (
    "organisation", "refresh token", "renewed access token", "code", "refresh token to choose by", "access token to choose by",
    "organisation to choose",
)  # fmt: skip


def secrets(mark: str) -> dict[str, str]:
    """One planted value for each of SECRETS."""
    return {what: f"Planted {what} {mark}" for what in SECRETS}


def plant_grant(actor: Actor, user_id: UUID, planted: dict[str, str]) -> None:
    """A connection to an organisation's books with both its tokens, a code that waits to be traded, and one that was and
    now waits for a choice."""
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
    visit = start_visit(actor=actor, user_id=user_id, session_id=uuid4())
    receive_code(actor=actor, visit_id=visit.visit_id, code=Secret(planted["code"]), location="us")
    choosing = start_visit(actor=actor, user_id=user_id, session_id=uuid4()).visit_id
    receive_code(actor=actor, visit_id=choosing, code=Secret("spent"), location="us")
    refresh, access = Secret(planted["refresh token to choose by"]), Secret(planted["access token to choose by"])
    tokens = Tokens(access, refresh, 3600, None)
    keep_tokens(actor=actor, visit_id=choosing, tokens=tokens, scopes=frozenset(["ZohoBooks.invoices.READ"]))
    offered = tuple(
        OrganizationFacts(f"organisation-{at}", planted["organisation to choose"], "USD") for at in ("2", "3")
    )
    offer_organizations(actor=actor, visit_id=choosing, organizations=offered)
