"""The sandbox's addresses put together."""

from wsgiref.types import WSGIApplication

from integrations.sandbox.control import build_control, guard
from integrations.sandbox.plaid.api import build_api
from integrations.sandbox.plaid.link_pages import build_pages
from integrations.sandbox.plaid.troubled import Troubled
from integrations.sandbox.plaid.world import World
from integrations.sandbox.pwned import build_pwned
from integrations.sandbox.stripe.application import build_routes as build_stripe_routes
from integrations.sandbox.stripe.control import build_control as build_stripe_control
from integrations.sandbox.stripe.troubled import TroubledStripe
from integrations.sandbox.stripe.world import build_stripe
from integrations.sandbox.web import Handler, Response, Router
from integrations.sandbox.zoho.application import build_routes
from integrations.sandbox.zoho.control import build_control as build_zoho_control
from integrations.sandbox.zoho.troubled import TroubledZoho
from integrations.sandbox.zoho.world import build_zoho


def build_application(world: World) -> WSGIApplication:
    """The WSGI application: the bank always, books and payments where a client of theirs is known."""
    alive = ("GET", "/healthz", lambda _: Response(b"ok\n", content_type="text/plain; charset=utf-8"))
    bank: list[tuple[str, str, Handler]] = [
        alive,
        *build_pwned(),
        *build_control(world),
        *build_pages(world),
        *build_api(world),
    ]
    zoho = build_zoho(world.settings, world.store, world.now)
    stripe = build_stripe(world.settings, world.store, world.now)
    books = [*build_zoho_control(zoho, guard(world)), *build_routes(zoho)] if zoho else []
    payments = [*build_stripe_control(stripe, guard(world)), *build_stripe_routes(stripe)] if stripe else []
    application: WSGIApplication = Troubled(world, Router([*payments, *books, *bank]))
    if zoho:
        application = TroubledZoho(zoho, application)
    return TroubledStripe(stripe, application) if stripe else application
