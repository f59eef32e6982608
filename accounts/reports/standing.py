"""What a review of access looks at: who may do what here, by what factor, since when, and what hangs on each of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max
from django.utils import timezone

from accounts.departures import list_responsibilities
from accounts.models import Membership, Reviewed, UserSession
from accounts.permissions import Role
from accounts.reports.factors import kinds_of
from vault.keyring import prepare_person_keys


@dataclass(frozen=True, slots=True)
class Sessions:
    """How many of a person's sessions are open, and when the last one was used (UTC)."""

    count: int = 0
    last_seen: datetime | None = None


def look_at_members() -> dict[UUID, Reviewed]:
    """All members of the workspace in scope as they are now, by person, in a fixed number of queries."""
    memberships = list(Membership.objects.select_related("user").order_by("created_at", "id"))
    people = [membership.user_id for membership in memberships]
    prepare_person_keys(people)
    factors, sessions, responsible = kinds_of(people), sessions_of(people), list_responsibilities(people)
    return {
        membership.user_id: Reviewed(
            name=membership.user.shown_name,
            address=membership.user.email,
            role=Role(membership.role).label,
            member_since=membership.created_at.isoformat(),
            last_seen=_moment(sessions[membership.user_id].last_seen or membership.user.last_login),
            factors=tuple(kind.label for kind in factors.get(membership.user_id, ())),
            sessions=sessions[membership.user_id].count,
            responsible_for=tuple(responsible[membership.user_id]),
        )
        for membership in memberships
    }


def sessions_of(people: Iterable[UUID]) -> dict[UUID, Sessions]:
    """The open sessions of each of these people, in one query."""
    asked = list(people)
    rows = UserSession.objects.filter(user__in=asked, expires_at__gt=timezone.now()).values("user_id")
    counted = rows.annotate(count=Count("id"), last_seen=Max("last_seen_at")).values_list(
        "user_id", "count", "last_seen"
    )
    found = {user_id: Sessions(count, last_seen) for user_id, count, last_seen in counted}
    return {user_id: found.get(user_id, Sessions()) for user_id in asked}


def _moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
