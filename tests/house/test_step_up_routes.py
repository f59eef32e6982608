"""Every view of a deed that asks for a fresh proof is wrapped, and sends away whoever has none. R33."""

import pytest

from accounts.permissions import Permission
from accounts.step_up import Deed
from tests.house.working import WORKING, Company, found_company, only_shows
from tests.support.people import Persona, sign_in
from tests.support.routes import Route, list_routes

INSIDE = "w/<slug:slug>/"
ROUTES = list_routes()
WRAPPED = [route for route in ROUTES if route.access and route.access.step_up]

# What somebody with a permission does by a POST is one of these deeds.
DEEDS: dict[Permission, set[Deed]] = {
    Permission.MANAGE_CONNECTIONS: {Deed.CONNECT, Deed.DISCONNECT},
    Permission.INVITE_MEMBERS: {Deed.INVITE},
    Permission.CHANGE_ROLES: {Deed.CHANGE_ROLE},
    Permission.REMOVE_MEMBERS: {Deed.CHANGE_ROLE},
    Permission.HAND_OVER_OWNERSHIP: {Deed.CHANGE_ROLE},
    Permission.CHANGE_TEAM_POLICY: {Deed.POLICY},
    Permission.CONFIRM_RECOVERY: {Deed.RECOVERY},
    Permission.GRANT_OPERATOR_ACCESS: {Deed.OPERATOR_GRANT},
    Permission.MANAGE_BILLING: {Deed.BILLING},
    Permission.REVIEW_ACCESS: {Deed.REVIEW, Deed.CHANGE_ROLE},
    Permission.EXPORT_AUDIT_LOG: {Deed.EXPORT},
    Permission.ROUTE_ALERTS: {Deed.POLICY},
}
# Deeds on oneself, by where their pages stand.
OWN_DEEDS = {
    "settings/security/two-factor/": Deed.FACTORS,
    "settings/security/sessions/": Deed.SESSIONS,
    "settings/address/": Deed.ADDRESS,
    "settings/deletion/": Deed.DELETION,
}
# They only show.
ONLY_SHOW = {
    "settings/security/two-factor/",
    "settings/security/two-factor/needed/",
    "settings/security/sessions/",
    "settings/deletion/",
}
# What was begun with a proof, and is finished by the codes that it asked for.
FINISH = {"settings/address/codes/"}
# Withdrawing what has not come into effect, or what was lent to an outsider, takes nothing from a member and gives nothing.
WITHDRAW = {
    "settings/address/cancellation/",
    "settings/deletion/cancellation/",
    f"{INSIDE}settings/invitations/<uuid:invitation_id>/cancellation/",
    f"{INSIDE}settings/ownership/cancellation/",
    f"{INSIDE}settings/operator-access/grants/<uuid:grant_id>/ending/",
}
# No page does these yet: who makes one wraps it and takes it from here.
WITHOUT_PAGE = {Deed.KEY_ROTATION}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sandbox")]


def writes(route: Route) -> bool:
    working = WORKING.get(route.path.removeprefix(INSIDE))
    return working is not None and working(NOTHING).data is not None


class _Nothing:
    def __getattr__(self, name: str) -> str:
        return ""


NOTHING: Company = _Nothing()  # type: ignore[assignment] # every part of an address is empty


def deeds_of(route: Route) -> set[Deed]:
    """What the route must ask a proof for one of."""
    if route.path in WITHDRAW | FINISH:
        return set()
    if route.path.startswith(INSIDE):
        permission = route.access.permission if route.access else None
        return DEEDS.get(permission, set()) if permission and writes(route) else set()
    own = {deed for start, deed in OWN_DEEDS.items() if route.path.startswith(start)}
    return own if route.path not in ONLY_SHOW else set()


MEANT = [route for route in ROUTES if deeds_of(route)]


@pytest.mark.parametrize("route", MEANT, ids=str)
def test_a_view_of_a_deed_is_wrapped(route: Route) -> None:
    assert route.access is not None
    assert route.access.step_up in deeds_of(route)


def test_every_deed_has_a_view_or_is_known_to_have_none() -> None:
    assert {route.access.step_up for route in WRAPPED if route.access} == set(Deed) - WITHOUT_PAGE


def test_a_view_that_is_not_wrapped_would_be_found() -> None:
    plain = next(route for route in ROUTES if route.path.endswith("transactions/categorisations/"))
    assert writes(plain)
    assert plain not in WRAPPED


@pytest.mark.parametrize("route", [route for route in WRAPPED if route.path.startswith(INSIDE)], ids=str)
def test_without_a_fresh_proof_nothing_is_done(route: Route, alice: Persona) -> None:
    company = found_company(alice)
    working = WORKING.get(route.path.removeprefix(INSIDE), only_shows)(company)
    client = sign_in(alice.user)
    session = client.session
    session["second_factor"] = {**session["second_factor"], "at": 0}
    session.save()

    answer = client.post(route.address(slug=alice.workspace.slug, **working.parts), working.data or {})

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/settings/security/confirm/")
