"""Stripe's addresses put together."""

from integrations.sandbox.stripe.api import build_api
from integrations.sandbox.stripe.hosted import build_pages
from integrations.sandbox.stripe.world import StripeWorld
from integrations.sandbox.web import Handler


def build_routes(world: StripeWorld) -> list[tuple[str, str, Handler]]:
    return [*build_pages(world), *build_api(world)]
