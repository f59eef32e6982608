"""Which operators may read the workspace in scope, and which could."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.models import OperatorGrant
from vault.keyring import prepare_person_keys

SHOWN = 50


@dataclass(frozen=True, slots=True)
class GrantLine:
    """One grant. `until` is when it ends or has ended, UTC."""

    id: UUID
    operator: str
    given_by: str
    reason: str
    given_at: datetime
    until: datetime
    is_live: bool


def list_grants() -> tuple[GrantLine, ...]:
    """The newest grants of the workspace in scope."""
    now = timezone.now()
    newest = OperatorGrant.objects.select_related("operator", "given_by").order_by("-created_at", "pk")
    found = list(newest[:SHOWN])
    prepare_person_keys({grant.given_by_id for grant in found})
    return tuple(_line(grant, now) for grant in found)


def _line(grant: OperatorGrant, now: datetime) -> GrantLine:
    return GrantLine(
        id=grant.pk,
        operator=grant.operator.email,
        given_by=grant.given_by.shown_name,
        reason=grant.reason,
        given_at=grant.created_at,
        until=grant.ended_at or grant.expires_at,
        is_live=grant.ended_at is None and grant.expires_at > now,
    )
