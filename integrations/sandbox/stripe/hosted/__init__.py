"""The hosted pages put together."""

from collections.abc import Callable

from integrations.sandbox.stripe.cycle import settle_all
from integrations.sandbox.stripe.hosted import checkout, clock, invoice, portal
from integrations.sandbox.stripe.hosted.frame import PAGES, closed
from integrations.sandbox.stripe.shelf import Body, find
from integrations.sandbox.stripe.world import StripeWorld
from integrations.sandbox.web import Handler, Request, Response

ID = r"(?P<id>[A-Za-z0-9_]+)"
View = Callable[[StripeWorld, Request, Body], Response]
VIEWS: tuple[tuple[str, str, str, View], ...] = (
    ("GET", f"/stripe/checkout/{ID}", "checkout.session", checkout.show),
    ("POST", f"/stripe/checkout/{ID}", "checkout.session", checkout.submit),
    ("GET", f"/stripe/portal/{ID}", "billing_portal.session", portal.show),
    ("POST", f"/stripe/portal/{ID}", "billing_portal.session", portal.submit),
    ("GET", f"/stripe/invoice/{ID}", "invoice", invoice.show),
    ("GET", rf"/stripe/invoice/{ID}\.pdf", "invoice", invoice.download),
    ("GET", f"/stripe/clock/{ID}", "customer", clock.show),
    ("POST", f"/stripe/clock/{ID}", "customer", clock.submit),
)


def build_pages(world: StripeWorld) -> list[tuple[str, str, Handler]]:
    """The routes of the hosted pages. Whoever has an address may see it, as at Stripe."""
    style = (PAGES / "stripe.css").read_bytes()
    return [
        ("GET", r"/stripe\.css", lambda _: Response(style, content_type="text/css; charset=utf-8")),
        *((method, pattern, _bound(world, kind, view)) for method, pattern, kind, view in VIEWS),
    ]


def _bound(world: StripeWorld, kind: str, view: View) -> Handler:
    def handle(request: Request) -> Response:
        settle_all(world)
        found = find(world, kind, request.match["id"])
        if found is None or found.get("deleted"):
            return closed("There is nothing at this address.", status=404)
        return view(world, request, found)

    return handle
