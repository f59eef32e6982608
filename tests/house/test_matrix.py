"""Who may do what, for every route inside a workspace: generated from the route table, with things that are really there.

R44, R46, R48, R49.
"""

from typing import Any

import pytest

from accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.house.working import WORKING, Company, Working, found_company, only_shows
from tests.support.people import Persona, make_member
from tests.support.routes import Route, list_routes

INSIDE = "w/<slug:slug>/"
ROUTES = [route for route in list_routes() if route.path.startswith(INSIDE)]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sandbox")]


@pytest.fixture
def company(alice: Persona) -> Company:
    return found_company(alice)


def working_request(route: Route, company: Company) -> Working:
    return WORKING.get(route.path.removeprefix(INSIDE), only_shows)(company)


def send(person: Persona, slug: str, route: Route, request: Working) -> Any:
    address = route.address(slug=slug, **request.parts)
    return person.client.get(address) if request.data is None else person.client.post(address, request.data)


def permission_of(route: Route) -> Permission:
    assert route.access is not None
    assert route.access.permission is not None
    return route.access.permission


def roles_without(permission: Permission) -> list[Role]:
    return [role for role in Role if permission not in ROLE_PERMISSIONS[role]]


REFUSALS = [
    pytest.param(route, role, id=f"{route}-{role}") for route in ROUTES for role in roles_without(permission_of(route))
]


def test_the_working_requests_are_for_routes_that_exist() -> None:
    assert {INSIDE + path for path in WORKING} <= {route.path for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_the_owner_may(route: Route, alice: Persona, company: Company) -> None:
    answer = send(alice, alice.workspace.slug, route, working_request(route, company))

    assert answer.status_code in {200, 302}


@pytest.mark.parametrize(("route", "role"), REFUSALS)
def test_a_role_without_the_permission_may_not(route: Route, role: Role, alice: Persona, company: Company) -> None:
    person = make_member("carol", alice.workspace, role)
    answer = send(person, alice.workspace.slug, route, working_request(route, company))

    assert answer.status_code == 403
    assert permission_of(route).value in answer.content.decode()


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_stranger_does_not_learn_that_it_is_there(
    route: Route, alice: Persona, mallory: Persona, company: Company
) -> None:
    answer = send(mallory, alice.workspace.slug, route, working_request(route, company))

    assert answer.status_code == 404


@pytest.mark.parametrize("route", [route for route in ROUTES if len(route.converters) > 1], ids=str)
def test_what_is_elsewhere_is_not_found_from_ones_own_workspace(
    route: Route, mallory: Persona, company: Company
) -> None:
    answer = send(mallory, mallory.workspace.slug, route, working_request(route, company))

    assert answer.status_code == 404


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_another_method_is_refused(route: Route, alice: Persona, company: Company) -> None:
    request = working_request(route, company)
    address = route.address(slug=alice.workspace.slug, **request.parts)
    wrong = ["put", "patch", "delete"]
    if request.data is None:
        wrong.append("post")
    elif not request.also_shows:
        wrong.append("get")

    assert {method: getattr(alice.client, method)(address).status_code for method in wrong} == dict.fromkeys(wrong, 405)
