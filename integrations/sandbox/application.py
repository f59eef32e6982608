"""The sandbox's addresses put together."""

from integrations.sandbox.plaid.api import build_api
from integrations.sandbox.plaid.link_pages import build_pages
from integrations.sandbox.plaid.world import World
from integrations.sandbox.web import Response, Router


def build_application(world: World) -> Router:
    """The WSGI application."""
    alive = ("GET", "/healthz", lambda _: Response(b"ok\n", content_type="text/plain; charset=utf-8"))
    return Router([alive, *build_pages(world), *build_api(world)])
