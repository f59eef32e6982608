"""Zoho's list of organisations, read into our own terms."""

import calendar
from typing import Any

from integrations.models import OrganizationFacts
from integrations.providers.zoho_errors import BadAnswer

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
LONGEST = 200


def organizations_in(answer: dict[str, Any]) -> tuple[OrganizationFacts, ...]:
    """The organisations that are in use, by name. Raises BadAnswer."""
    rows = answer.get("organizations")
    if not isinstance(rows, list):
        raise BadAnswer
    found = [_organization(row) for row in rows if not (isinstance(row, dict) and row.get("is_org_active") is False)]
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.organization_id)))


def _organization(row: Any) -> OrganizationFacts:
    if not isinstance(row, dict):
        raise BadAnswer
    organization_id, currency = _text(row, "organization_id"), _text(row, "currency_code").upper()
    if not organization_id or len(currency) != 3:
        raise BadAnswer
    precision = row.get("price_precision")
    return OrganizationFacts(
        organization_id=organization_id,
        name=_text(row, "name") or organization_id,
        base_currency=currency,
        price_precision=precision if isinstance(precision, int) and 0 <= precision <= 6 else 2,
        fiscal_year_start_month=_month(row.get("fiscal_year_start_month")),
        time_zone=_text(row, "time_zone"),
        plan=_text(row, "plan_name"),
    )


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return str(value).strip()[:LONGEST] if isinstance(value, str | int) else ""


def _month(given: Any) -> int:
    # Counted from zero, or named.
    if isinstance(given, str):
        if given.strip().lower() in MONTHS:
            return MONTHS[given.strip().lower()]
        given = int(given) if given.strip().isdecimal() else 0
    return given + 1 if isinstance(given, int) and 0 <= given <= 11 else 1
