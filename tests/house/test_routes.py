"""Every route declares who may use it, and a route inside a workspace is open to its members alone."""

import pytest
from django.http import HttpResponse

from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona
from tests.support.routes import Route, list_routes

ROUTES = list_routes()
INSIDE = [route for route in ROUTES if "slug" in route.converters]
CLOSED = [route for route in ROUTES if route.access and route.access.kind in {"requires", "signed_in", "operator"}]


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_route_declares_its_access(route: Route) -> None:
    assert route.access is not None, f"{route} carries none of the declarations of accounts.access"


def test_a_view_without_a_declaration_would_be_found() -> None:
    assert Route("nowhere/", lambda request: HttpResponse(), {}).access is None


@pytest.mark.parametrize("route", INSIDE, ids=str)
def test_a_route_inside_a_workspace_requires_a_permission(route: Route) -> None:
    assert route.access is not None
    assert route.access.kind == "requires"


# Ruling 5: one declaration for all of it, also for what Django would serve to anybody.
def test_the_operators_pages_are_the_operators_alone() -> None:
    declared = {route.path: route.access.kind for route in ROUTES if route.access and is_operators(route)}

    assert len(declared) > 10
    assert set(declared.values()) == {"operator"}
    assert all(is_operators(route) for route in ROUTES if route.access and route.access.kind == "operator")


def is_operators(route: Route) -> bool:
    return route.path.startswith("operators/")


def test_what_is_open_to_everybody_says_why() -> None:
    open_routes = [
        route.access for route in ROUTES if route.access and route.access.kind in {"public", "webhook", "cron"}
    ]

    assert open_routes
    assert all(access.because for access in open_routes)


# R22, R41, R42
@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", CLOSED, ids=str)
def test_nobody_comes_in_without_a_session(route: Route, method: str, client: ScopeCheckingClient) -> None:
    answer = getattr(client, method)(route.address())

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


# R46, R48: also for addresses of things that are really there, see test_matrix.
@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("route", INSIDE, ids=str)
def test_a_stranger_finds_nothing(route: Route, method: str, alice: Persona, mallory: Persona) -> None:
    answer = getattr(mallory.client, method)(route.address(slug=alice.workspace.slug))

    assert answer.status_code == 404
