"""Whose books they are, held against what was connected: once a day, before anything else is read."""

from django.utils import timezone
from msgspec.structs import replace

from integrations.models import Connection, ZohoGrant
from integrations.providers.zoho_errors import NotAMember, ScopeMissing
from integrations.providers.zoho_messages import read_page
from integrations.providers.zoho_rows import Organization
from integrations.sync.lease import hold
from integrations.sync.zoho.books import ACTOR, Books
from integrations.sync.zoho.plan import ORGANIZATION
from integrations.sync.zoho.reading import is_worth_asking, note_missing_scope
from integrations.sync.zoho.states import state_of
from ledger.actions.books import save_organization


def check_organization(books: Books) -> None:
    """Raises NotAMember where the grant no longer reaches the organisation, BaseCurrencyChanged, ZohoProblem."""
    with hold(books.lease) as held:
        save_organization(actor=ACTOR, connection_id=held.connection.pk, base_currency=books.base_currency)
        state = state_of(held.connection, ORGANIZATION.name)
        is_due = state.swept_at is None or timezone.now() - state.swept_at >= ORGANIZATION.every
    if not is_due or not is_worth_asking(books, ORGANIZATION):
        return
    try:
        told = _ask(books)
    except ScopeMissing:
        note_missing_scope(books, ORGANIZATION)
        return
    with hold(books.lease) as held:
        save_organization(actor=ACTOR, connection_id=held.connection.pk, base_currency=told.base_currency)
        _keep_name(held.connection, told.name)
        state = state_of(held.connection, ORGANIZATION.name)
        state.swept_at = state.read_at = timezone.now()
        state.is_missing_scope, state.scope_checked_at = False, None
        state.save()
        held.run.pages_read += 1


def _ask(books: Books) -> Organization:
    """Our organisation among all that the person belongs to."""
    answer = books.caller.get(ORGANIZATION.path)
    page = read_page(answer.json, ORGANIZATION.keys, ORGANIZATION.read, organization_id=None)
    found: Organization | None = next((one for one in page.rows if one.organization_id == books.organization_id), None)
    if found is None:
        raise NotAMember
    return found


def _keep_name(connection: Connection, name: str) -> None:
    if name and name != connection.facts.institution:
        connection.facts = replace(connection.facts, institution=name)
        connection.save(update_fields=["facts"])
        grant = ZohoGrant.objects.get(connection=connection)
        grant.organization = replace(grant.organization, name=name)
        grant.save(update_fields=["organization"])
