"""Coming back from Zoho: whether this is the way back that was asked for. Nothing is asked of anybody here.

A way back is good once, within ten minutes, for the person who left, in the session they left in, while they may manage
connections, and names a place of our table. Of what else it says nothing is used: no address in it is ever called.
"""

import re
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.access import workspace_scope
from accounts.models import Membership, Workspace
from accounts.permissions import Permission
from accounts.refusals import record_refusal
from audit.log import Actor
from integrations.actions.visits import STATE_ROUTE, digest_session, digest_state, end_visit, receive_code
from integrations.models import GrantVisit, VisitEnd, VisitState
from integrations.providers.secret import Secret
from integrations.providers.zoho_errors import Misconfigured
from integrations.providers.zoho_places import FIRST, UnknownPlace, place_of
from integrations.zoho_access import zoho_access
from vault.keyring import KeyDestroyed
from vault.routing import Route, find_route
from vault.tenancy import SITE_ID

ROUTE = "zoho_return"
CODE = re.compile(r"[A-Za-z0-9._-]{8,400}")
UNKNOWN = "This way back from Zoho is not known here, or was used before."
SENTENCES = {
    "unknown": UNKNOWN,
    "another_person": UNKNOWN,
    "not_allowed": "You may no longer connect anything in this workspace.",
    "another_session": "You left for Zoho in another session than the one you came back in.",
    "used": "This way back from Zoho was used before.",
    "expired": "Zoho’s page was open for more than ten minutes.",
    "place": "The way back names an address that is not one of Zoho’s.",
    "code": "The way back from Zoho is not complete.",
}


@dataclass(frozen=True, slots=True)
class Returned:
    """What the address that a person came back by says."""

    state: Secret
    code: Secret
    error: str
    location: str
    accounts_server: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who came back by it."""

    actor: Actor
    user_id: UUID
    session_id: UUID | None


class ReturnRefused(ValueError):
    """This way back leads nowhere. It is on record; `str` is a sentence for the person."""

    def __init__(self, reason: str) -> None:
        super().__init__(SENTENCES[reason])


@dataclass(frozen=True, slots=True)
class Landing:
    """The visit that goes on."""

    slug: str
    visit_id: UUID


def take_return(*, visitor: Visitor, returned: Returned) -> Landing:
    """Check a way back and hand its code to the worker. Raises ReturnRefused, after writing it down."""
    route = _find(returned.state)
    if route is None:
        raise _refused_at_site(visitor, "unknown")
    try:
        with workspace_scope(route.workspace_id):
            outcome = _take(visitor, returned, route)
    except KeyDestroyed:
        raise _refused_at_site(visitor, "unknown") from None
    if isinstance(outcome, Landing):
        return outcome
    # Who does not belong to the workspace leaves no line in its record.
    raise _refused_at_site(visitor, outcome) if outcome == "another_person" else ReturnRefused(outcome)


def _find(state: Secret) -> Route | None:
    with transaction.atomic():
        return find_route(kind=STATE_ROUTE, key=digest_state(state).hex())


def _take(visitor: Visitor, returned: Returned, route: Route) -> Landing | str:
    """The landing, or the reason of the refusal, which is on record unless it is another person's."""
    visit = GrantVisit.objects.select_for_update().get(pk=route.object_id)
    membership = Membership.objects.filter(user_id=visitor.user_id).first()
    if membership is None:
        return "another_person"
    reason = _find_fault(visitor, returned, visit, membership)
    if reason == "place":
        end_visit(actor=visitor.actor, visit_id=visit.pk, state=VisitState.REFUSED, end=VisitEnd.WRONG_PLACE)
    elif reason == "expired":
        end_visit(actor=visitor.actor, visit_id=visit.pk, state=VisitState.EXPIRED)
    if reason:
        record_refusal(actor=visitor.actor, route=f"integrations:{ROUTE}", reason=f"zoho_{reason}")
        return "unknown" if reason == "another_person" else reason
    if returned.error:
        left = returned.error == "access_denied"
        end_visit(actor=visitor.actor, visit_id=visit.pk, state=VisitState.LEFT if left else VisitState.FAILED)
    else:
        receive_code(
            actor=visitor.actor,
            visit_id=visit.pk,
            code=returned.code,
            location=returned.location or FIRST,
        )
    return Landing(Workspace.objects.get(pk=route.workspace_id).slug, visit.pk)


def _find_fault(visitor: Visitor, returned: Returned, visit: GrantVisit, membership: Membership) -> str:
    """Why this way back is not good, empty for one that is."""
    faults = (
        ("another_person", visit.user_id != visitor.user_id),
        ("not_allowed", not membership.may(Permission.MANAGE_CONNECTIONS)),
        (
            "another_session",
            not constant_time_compare(bytes(visit.session_digest), digest_session(visitor.session_id)),
        ),
        ("used", visit.state != VisitState.OPEN),
        ("expired", visit.expires_at <= timezone.now()),
        ("place", not _is_of_zoho(returned)),
        ("code", not returned.error and not CODE.fullmatch(returned.code.reveal())),
    )
    return next((reason for reason, is_so in faults if is_so), "")


def _is_of_zoho(returned: Returned) -> bool:
    """Whether the place is in the table, and the address named beside it, which is not used, at least that place's own.

    Where Zoho names no place, it is the one that the person was sent to.
    """
    try:
        place = place_of(returned.location or FIRST, zoho_access())
    except (UnknownPlace, Misconfigured):
        return False
    named = returned.accounts_server.rstrip("/")
    return named in ("", place.accounts_url, place.accounts_origin)


def _refused_at_site(visitor: Visitor, reason: str) -> ReturnRefused:
    with workspace_scope(SITE_ID):
        record_refusal(actor=visitor.actor, route=f"integrations:{ROUTE}", reason=f"zoho_{reason}")
    return ReturnRefused(reason)
