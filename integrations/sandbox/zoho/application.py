"""Zoho's addresses put together."""

from integrations.sandbox.web import Handler
from integrations.sandbox.zoho.api import build_api
from integrations.sandbox.zoho.consent import build_pages
from integrations.sandbox.zoho.oauth import build_oauth
from integrations.sandbox.zoho.world import ZohoWorld


def build_routes(world: ZohoWorld) -> list[tuple[str, str, Handler]]:
    return [*build_pages(world), *build_oauth(world), *build_api(world)]
