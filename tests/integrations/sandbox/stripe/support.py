"""A sandbox with Stripe, the official client of it, and what a person would do on its pages."""

from pathlib import Path
from typing import Any, cast

import requests
import stripe

from integrations.sandbox.settings import StripeSettings
from integrations.sandbox.stripe.delivery import stripe_deliveries
from tests.integrations.support import CREDENTIALS, Sandbox

KEY = "sk_test_for_tests"
WEBHOOK_SECRET, FORMER_SECRET = "whsec_for_tests", "whsec_before"
BACK = "http://127.0.0.1:8000/w/amber-fox/settings/billing/return/"
DAY = 24 * 3600


class StripeSandbox(Sandbox):
    """The sandbox, and Stripe's own client pointed at it."""

    def __init__(self, folder: Path, *, webhook: str = "http://127.0.0.1:9/hook", **settings: Any) -> None:
        given = StripeSettings(KEY, WEBHOOK_SECRET, webhook, FORMER_SECRET)
        super().__init__(folder, stripe=given, **settings)
        self.stripe = self.client_with(KEY)

    def client_with(self, key: str, version: str | None = None) -> stripe.StripeClient:
        addresses = cast(Any, {"api": self.url})
        return stripe.StripeClient(key, base_addresses=addresses, max_network_retries=0, stripe_version=version)

    def add_price(self, key: str = "counterfoil_team_monthly", amount: int = 1200) -> stripe.Price:
        product = self.stripe.v1.products.create({"name": "Counterfoil Team"})
        return self.stripe.v1.prices.create(
            {
                "product": product.id,
                "currency": "usd",
                "unit_amount": amount,
                "recurring": {"interval": "month"},
                "lookup_key": key,
                "transfer_lookup_key": True,
            }
        )

    def add_customer(self, **more: Any) -> str:
        params = {"name": "Cedarline", "email": "a@b.example", **more}
        return self.stripe.v1.customers.create(cast(Any, params)).id

    def start_checkout(self, *, seats: int = 3, customer: str | None = None, **more: Any) -> stripe.checkout.Session:
        params = {
            "mode": "subscription",
            "customer": customer or self.add_customer(),
            "line_items": [{"price": self.add_price().id, "quantity": seats}],
            "success_url": f"{BACK}?session={{CHECKOUT_SESSION_ID}}",
            "cancel_url": BACK,
            **more,
        }
        return self.stripe.v1.checkout.sessions.create(cast(Any, params))

    def complete(self, session: str, card: str = "works", **more: str) -> dict[str, Any]:
        return self.control("checkouts", session=session, card=card, **more)

    def subscribe(self, *, card: str = "works", **more: Any) -> stripe.Subscription:
        done = self.complete(self.start_checkout(**more).id, card)
        return self.subscription(done["subscription"])

    def subscription(self, subscription_id: str) -> stripe.Subscription:
        return self.stripe.v1.subscriptions.retrieve(subscription_id)

    def invoices(self, customer: Any) -> list[stripe.Invoice]:
        """Oldest first."""
        return list(reversed(self.stripe.v1.invoices.list({"customer": str(customer), "limit": 100}).data))

    def change(self, subscription: stripe.Subscription, **params: Any) -> stripe.Subscription:
        return self.stripe.v1.subscriptions.update(subscription.id, cast(Any, params))

    def go_on(self, customer: Any, *, days: float = 0, months: int = 0) -> int:
        moment: int = self.control("clock", customer=str(customer), days=days, months=months)["now"]
        return moment

    def control(self, name: str, **body: Any) -> dict[str, Any]:
        answer = self.post(f"/control/stripe/{name}", **body)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    def seen(self, name: str) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/control/stripe/{name}", headers=CREDENTIALS, timeout=60)
        shown: list[dict[str, Any]] = answer.json()[name]
        return shown

    def types(self) -> list[str]:
        """Of every event, oldest first."""
        return [one.type for one in reversed(self.stripe.v1.events.list({"limit": 100}).data)]

    def send_events(self) -> None:
        """Those that are due, once."""
        for tick in stripe_deliveries(self.world):
            tick()


def item_of(subscription: stripe.Subscription) -> stripe.SubscriptionItem:
    item: stripe.SubscriptionItem = subscription["items"].data[0]
    return item
