"""Where a document of the books is kept: its page in Zoho Books, which a person opens to change it there."""

from uuid import UUID

from django.conf import settings

from integrations.models import ZohoGrant

HOMES = {
    "us": "books.zoho.com",
    "eu": "books.zoho.eu",
    "in": "books.zoho.in",
    "au": "books.zoho.com.au",
    "jp": "books.zoho.jp",
    "ca": "books.zohocloud.ca",
    "sa": "books.zoho.sa",
    "cn": "books.zoho.com.cn",
}
LISTS = {"invoice": "invoices", "bill": "bills", "credit_note": "creditnotes", "expense": "expenses"}


def address_in_books(connection_id: UUID, kind: str, provider_id: str) -> str:
    """The page of a document of this kind (a `DocumentKind`); empty where there is none: a sandbox plays Zoho, Zoho is not
    set up here, or nothing is known of the grant."""
    if settings.ZOHO is None or settings.ZOHO.api_url or kind not in LISTS or not provider_id.isdigit():
        return ""
    grant = ZohoGrant.objects.filter(connection_id=connection_id).first()
    if grant is None or grant.location not in HOMES or not grant.organization.organization_id.isdigit():
        return ""
    organization = grant.organization.organization_id
    return f"https://{HOMES[grant.location]}/app/{organization}#/{LISTS[kind]}/{provider_id}"
