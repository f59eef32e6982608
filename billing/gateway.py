"""The one place where Stripe is spoken to: through its own client, by the outbound session, in the API version named here.

Each method is one call, or a few that belong together, and raises a StripeProblem. Call them outside transactions. What
comes back are shapes of our own; nothing of Stripe's words is in what is raised or logged.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from django.conf import settings

from billing import stripe_shapes as shapes
from billing.orders import Change, NewCheckout, Upcoming
from billing.problems import CardDeclined, Missing, NotPossible, StripeAway, StripeProblem, StripeRefused
from config.env import Stripe
from config.outbound import AllowList, Call, OutboundRefused, OutboundSession, Route

if TYPE_CHECKING:
    from stripe import StripeClient

log = logging.getLogger(__name__)
T = TypeVar("T")

VERSION = "2026-10-28.endive"
RETRIES = 2
NEWEST, MOST = 24, 100
ROUTES = frozenset(
    {
        Route("POST", "/v1/customers"),
        Route("GET", "/v1/products"),
        Route("POST", "/v1/products"),
        Route("POST", "/v1/products/{id}"),
        Route("GET", "/v1/prices"),
        Route("POST", "/v1/prices"),
        Route("POST", "/v1/prices/{id}"),
        Route("POST", "/v1/checkout/sessions"),
        Route("GET", "/v1/checkout/sessions/{id}"),
        Route("POST", "/v1/checkout/sessions/{id}/expire"),
        Route("POST", "/v1/billing_portal/sessions"),
        Route("GET", "/v1/subscriptions"),
        Route("POST", "/v1/subscriptions/{id}", writes=True),
        Route("GET", "/v1/invoices"),
        Route("POST", "/v1/invoices/create_preview"),
    }
)


def allow_stripe(stripe: Stripe, *, production: bool) -> AllowList:
    """The outbound allow-list; a sandbox is refused in production."""
    parts = urlsplit(stripe.base_url)
    origin = frozenset({f"{parts.scheme}://{parts.netloc}"})
    routes = frozenset(Route(one.method, f"{parts.path}{one.path}", one.writes) for one in ROUTES)
    if parts.scheme == "https":
        return AllowList(routes=routes, origins=origin, production=production)
    return AllowList(routes=routes, sandboxes=origin, production=production)


@contextmanager
def open_gateway() -> Iterator["Gateway"]:
    """Stripe, as it is set up here. Raises NotPossible where it is not."""
    if settings.STRIPE is None:
        raise NotPossible("Paying is not set up here.")
    # A second's work, and nothing that pages without a payment need.
    from stripe import StripeClient

    from billing.gateway_transport import OutboundTransport

    allow = allow_stripe(settings.STRIPE, production=settings.ENVIRONMENT.is_production)
    with OutboundSession(allow, _note) as session:
        client = StripeClient(
            settings.STRIPE.secret_key,
            base_addresses={"api": settings.STRIPE.base_url},
            stripe_version=VERSION,
            max_network_retries=RETRIES,
            http_client=OutboundTransport(session),
        )
        yield Gateway(client)


class Gateway:
    """`key` is an idempotency key: the same one never does the same thing twice."""

    def __init__(self, client: "StripeClient") -> None:
        self._client = client.v1

    def make_customer(self, *, workspace_id: UUID, key: str) -> str:
        """The new customer's id. Stripe learns who pays from the person, on its own page."""
        params: Any = {"metadata": {"workspace": str(workspace_id)}}
        return _ask(lambda: self._client.customers.create(params, _keyed(key)), shapes.Id).id

    def find_price(self, lookup_key: str) -> shapes.Price:
        """The price that new subscriptions get. Raises Missing where `sync_plans` was never run."""
        params: Any = {"lookup_keys": [lookup_key], "active": True}
        found = _ask(lambda: self._client.prices.list(params), shapes.Prices).data
        if not found:
            raise Missing
        return found[0]

    def open_checkout(self, order: NewCheckout, *, key: str) -> shapes.Checkout:
        workspace = str(order.workspace_id)
        params: Any = {
            "mode": "subscription",
            "customer": order.customer_id,
            "client_reference_id": workspace,
            "line_items": [{"price": order.price_id, "quantity": order.seats}],
            "subscription_data": {"metadata": {"workspace": workspace}},
            "allow_promotion_codes": True,
            "tax_id_collection": {"enabled": True},
            "customer_update": {"name": "auto", "address": "auto"},
            "success_url": order.success_url,
            "cancel_url": order.cancel_url,
        }
        return _ask(lambda: self._client.checkout.sessions.create(params, _keyed(key)), shapes.Checkout)

    def see_checkout(self, session_id: str) -> shapes.Checkout:
        return _ask(lambda: self._client.checkout.sessions.retrieve(session_id), shapes.Checkout)

    def expire_checkout(self, session_id: str, *, key: str) -> None:
        _ask(lambda: self._client.checkout.sessions.expire(session_id, {}, _keyed(key)), shapes.Checkout)

    def open_portal(self, *, customer_id: str, return_url: str, key: str) -> str:
        """The address of the Customer Portal, good for a few minutes."""
        params: Any = {"customer": customer_id, "return_url": return_url}
        return _ask(lambda: self._client.billing_portal.sessions.create(params, _keyed(key)), shapes.Portal).url

    def list_subscriptions(self, customer_id: str) -> list[shapes.Subscription]:
        """All that the customer has or had, newest first."""
        params: Any = {"customer": customer_id, "status": "all", "limit": MOST}
        return _ask(lambda: self._client.subscriptions.list(params), shapes.Subscriptions).data

    def list_invoices(self, customer_id: str, *, all_of_them: bool = False) -> list[shapes.Invoice]:
        """The newest two years of monthly ones, or as many as Stripe gives at once, newest first."""
        params: Any = {"customer": customer_id, "limit": MOST if all_of_them else NEWEST}
        return _ask(lambda: self._client.invoices.list(params), shapes.Invoices).data

    def preview(self, change: Change) -> Upcoming:
        """What a change would cost at once and at the next renewal, as of now."""
        return Upcoming(self.reckon_now(change), self._draw_up(change, "none"))

    def reckon_now(self, change: Change) -> shapes.Invoice:
        """The invoice that a change would make at once."""
        return self._draw_up(change, "always_invoice")

    def change(self, change: Change, *, proration_at: int, key: str) -> None:
        """Charges, or credits, the difference at once."""
        params = {"items": [_item(change)], "proration_behavior": "always_invoice", "proration_date": proration_at}
        self._update(change.subscription_id, params, key)

    def set_cancel(self, subscription_id: str, *, at_period_end: bool, key: str) -> None:
        self._update(subscription_id, {"cancel_at_period_end": at_period_end}, key)

    def has_product(self, product_id: str) -> bool:
        params: Any = {"ids": [product_id]}
        return bool(_ask(lambda: self._client.products.list(params), shapes.Products).data)

    def make_product(self, *, product_id: str, name: str) -> None:
        params: Any = {"id": product_id, "name": name}
        _ask(lambda: self._client.products.create(params, _keyed(f"product-{product_id}")), shapes.Id)

    def make_price(self, price: shapes.Price, *, key: str) -> shapes.Price:
        """A monthly price for a seat, which takes its lookup key over from the one that had it."""
        params: Any = {
            "product": shapes.id_of(price.product),
            "currency": price.currency,
            "unit_amount": price.unit_amount,
            "recurring": {"interval": "month"},
            "lookup_key": price.lookup_key,
            "transfer_lookup_key": True,
            "metadata": price.metadata,
        }
        return _ask(lambda: self._client.prices.create(params, _keyed(key)), shapes.Price)

    def retire_price(self, price_id: str) -> None:
        """Nobody new gets it; whoever has it keeps it."""
        params: Any = {"active": False}
        _ask(lambda: self._client.prices.update(price_id, params, _keyed(f"retire-{price_id}")), shapes.Id)

    def _draw_up(self, change: Change, behavior: str) -> shapes.Invoice:
        details = {"items": [_item(change)], "proration_behavior": behavior}
        params: Any = {"subscription": change.subscription_id, "subscription_details": details}
        return _ask(lambda: self._client.invoices.create_preview(params), shapes.Invoice)

    def _update(self, subscription_id: str, params: Any, key: str) -> None:
        _ask(lambda: self._client.subscriptions.update(subscription_id, params, _keyed(key)), shapes.Id)


def _item(change: Change) -> dict[str, Any]:
    item: dict[str, Any] = {"id": change.item_id, "quantity": change.seats}
    return item | {"price": change.price_id} if change.price_id else item


def _keyed(key: str) -> Any:
    return {"idempotency_key": key}


def _ask(call: Callable[[], Any], shape: type[T]) -> T:
    """Errors are named first and raised after, so that what is raised has no context with Stripe's words in it."""
    import stripe

    problem: StripeProblem
    try:
        return msgspec.json.decode(call().last_response.body, type=shape)
    except stripe.StripeError as error:
        problem = _problem_of(error)
    except OutboundRefused:
        problem = StripeRefused("not_allowed")
    except msgspec.MsgspecError:
        problem = StripeAway("strange_answer")
    raise problem


def _problem_of(error: Any) -> StripeProblem:
    import stripe

    if isinstance(error, stripe.CardError):
        return CardDeclined()
    if isinstance(error, stripe.InvalidRequestError):
        return Missing() if error.code == "resource_missing" else StripeRefused("invalid")
    if isinstance(error, stripe.IdempotencyError):
        return StripeRefused("idempotency")
    if isinstance(error, (stripe.AuthenticationError, stripe.PermissionError)):
        log.error("Stripe does not accept our key")
        return StripeRefused("key")
    return StripeAway("rate_limited" if isinstance(error, stripe.RateLimitError) else "away")


def _note(call: Call) -> None:
    log.info("%s %s at Stripe: %s", call.method, call.path, "refused here" if call.refused else call.status)
