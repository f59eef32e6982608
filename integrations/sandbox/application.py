"""The sandbox's addresses put together."""

from wsgiref.types import WSGIApplication

from integrations.sandbox.control import build_control
from integrations.sandbox.plaid.api import build_api
from integrations.sandbox.plaid.link_pages import build_pages
from integrations.sandbox.plaid.troubled import Troubled
from integrations.sandbox.plaid.world import World
from integrations.sandbox.web import Response, Router


def build_application(world: World) -> WSGIApplication:
    """The WSGI application."""
    alive = ("GET", "/healthz", lambda _: Response(b"ok\n", content_type="text/plain; charset=utf-8"))
    return Troubled(world, Router([alive, *build_control(world), *build_pages(world), *build_api(world)]))
