"""Zoho's list of organisations, as those that a person can connect."""

from integrations.models import OrganizationFacts
from integrations.providers.zoho_messages import read_page
from integrations.providers.zoho_rows import Organization, read_organization


def organizations_in(answer: object) -> tuple[OrganizationFacts, ...]:
    """The organisations that are in use, by name. Raises BadAnswer."""
    told = read_page(answer, ("organizations",), read_organization, organization_id=None).rows
    found = [_facts(one) for one in told if one.is_active]
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.organization_id)))


def _facts(told: Organization) -> OrganizationFacts:
    name = told.name or told.organization_id
    return OrganizationFacts(told.organization_id, name, told.base_currency, plan=told.plan)
