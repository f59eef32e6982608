"""What every part of the sandbox's Stripe is given: settings, store and clock."""

from collections.abc import Callable
from dataclasses import dataclass

from integrations.sandbox.settings import Settings, StripeSettings
from integrations.sandbox.store import Store
from integrations.sandbox.stripe.tables import TABLES

VERSION = "2026-10-28.endive"


@dataclass(frozen=True, slots=True)
class StripeWorld:
    """`now` is Unix time in seconds; a customer's own time may be ahead of it."""

    settings: Settings
    stripe: StripeSettings
    store: Store
    now: Callable[[], float]

    @property
    def pages(self) -> str:
        """Where the hosted pages are."""
        return f"{self.settings.public_url}/stripe"


def build_stripe(settings: Settings, store: Store, now: Callable[[], float]) -> StripeWorld | None:
    """Nothing where the sandbox was given no key of Stripe's."""
    if settings.stripe is None:
        return None
    store.prepare(TABLES)
    return StripeWorld(settings, settings.stripe, store, now)
