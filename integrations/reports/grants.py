"""What is granted at Zoho, and what came of a visit there, in a person's words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from config.moments import name_day_and_time
from integrations.models import BooksList, GrantVisit, ResourceState, VisitEnd, VisitState, ZohoGrant
from integrations.zoho_scopes import lists_in, name_missing, name_scopes

ENDS = {
    VisitEnd.TOO_WIDE: (
        "Zoho gave more than the right to read, so it was given back and nothing was kept. Start again and change nothing "
        "in the list on Zoho’s page."
    ),
    VisitEnd.OTHER_ORGANIZATION: (
        "What you allowed does not reach this organisation, so it was given back. Sign in at Zoho as somebody who belongs "
        "to it."
    ),
    VisitEnd.NO_ORGANIZATION: (
        "This Zoho account has no organisation in Zoho Books, so what you allowed was given back. Start again and sign in at "
        "Zoho with an account that has one."
    ),
    VisitEnd.NOT_ALLOWED: "Zoho does not let us see the organisations. Allow everything on the list and start again.",
    VisitEnd.WRONG_PLACE: "The way back named an address that is not one of Zoho’s, so it was not followed. Start again.",
    VisitEnd.SPENT: "What Zoho gave was good for a minute, and that was over. Nothing was changed; start again.",
    VisitEnd.NOT_REACHED: "Zoho could not be reached in time. Nothing was changed; start again.",
    VisitEnd.NO_ROOM: (
        "The plan has no connection left, so what you allowed was given back. An Owner or Admin can choose a larger plan under "
        "Settings › Billing; or disconnect something else first."
    ),
    VisitEnd.NOT_SET_UP: "Our access to Zoho is not set up correctly. This is on our side; please tell our support.",
}
BY_STATE = {
    VisitState.LEFT: "You came back without allowing anything. Nothing was changed.",
    VisitState.EXPIRED: "Zoho’s page, or the choice, was open for more than ten minutes. Nothing was kept; start again.",
    VisitState.REFUSED: "This could not be connected. Nothing was kept.",
    VisitState.FAILED: "Zoho Books could not be connected this time. Nothing was changed; start again.",
}

REFUSAL = (
    "Zoho does not let us read what was allowed: {names}. Whoever allowed it may not see this in Zoho Books. Give them the "
    "right to see it there, or have somebody who may see it allow access again. We ask for it once a day."
)


@dataclass(frozen=True, slots=True)
class GrantLine:
    """What may be read of an organisation: `scopes` granted, `missing` of those that were asked for, and since when.

    `refusal` says which lists Zoho refuses although they were granted, and what to do about it; empty where it refuses none.
    """

    scopes: tuple[str, ...]
    missing: tuple[str, ...]
    refusal: str
    base_currency: str
    granted_at: datetime
    granted_on: str


def read_grants() -> dict[UUID, GrantLine]:
    """By connection, in the workspace in scope; none for what was given up."""
    found = ZohoGrant.objects.filter(refresh_token__isnull=False)
    refused: dict[UUID, list[ResourceState]] = defaultdict(list)
    for state in ResourceState.objects.filter(is_missing_scope=True):
        refused[state.connection_id].append(state)
    return {grant.connection_id: _line(grant, refused[grant.connection_id]) for grant in found}


def describe_end(visit: GrantVisit) -> str:
    """Why nothing came of a visit, empty while it goes on."""
    if visit.end:
        return ENDS[VisitEnd(visit.end)]
    return BY_STATE.get(VisitState(visit.state), "")


def _line(grant: ZohoGrant, refused: Iterable[ResourceState]) -> GrantLine:
    return GrantLine(
        scopes=name_scopes(grant.scopes),
        missing=name_missing(grant.scopes),
        refusal=_refusal(grant, refused),
        base_currency=grant.organization.base_currency,
        granted_at=grant.granted_at,
        granted_on=name_day_and_time(grant.granted_at),
    )


def _refusal(grant: ZohoGrant, refused: Iterable[ResourceState]) -> str:
    granted = lists_in(grant.scopes)
    # What was refused under an earlier grant is being asked for anew.
    now = {one.resource for one in refused if one.scope_checked_at and one.scope_checked_at > grant.granted_at}
    names = ", ".join(one.label for one in BooksList if one in granted and one in now)
    return REFUSAL.format(names=names) if names else ""
