"""Stripe's addresses: who may call, what was called, answers that are given again for the same idempotency key."""

import hashlib
import hmac
from collections.abc import Callable

from integrations.sandbox.stripe import catalogue, checkouts, customers, invoices, offers, subscriptions, visits
from integrations.sandbox.stripe.call import Call, Deed, expand
from integrations.sandbox.stripe.cycle import settle_all
from integrations.sandbox.stripe.errors import StripeError, other_parameters, unauthorized, unknown_address
from integrations.sandbox.stripe.form import decode_form
from integrations.sandbox.stripe.ids import new_id
from integrations.sandbox.stripe.news import Cause, cause
from integrations.sandbox.stripe.older import as_of
from integrations.sandbox.stripe.world import VERSION, StripeWorld
from integrations.sandbox.web import Handler, Request, Response, json_response

ID = r"(?P<id>[A-Za-z0-9_-]+)"
ROUTES: tuple[tuple[str, str, Deed], ...] = (
    ("POST", "/v1/customers", customers.create),
    ("GET", "/v1/customers", customers.listing),
    ("GET", f"/v1/customers/{ID}", customers.read),
    ("POST", f"/v1/customers/{ID}", customers.update),
    ("DELETE", f"/v1/customers/{ID}", customers.delete),
    ("POST", "/v1/products", catalogue.create_product),
    ("GET", "/v1/products", catalogue.list_products),
    ("GET", f"/v1/products/{ID}", catalogue.read_one("product")),
    ("POST", f"/v1/products/{ID}", catalogue.update_product),
    ("POST", "/v1/prices", catalogue.create_price),
    ("GET", "/v1/prices", catalogue.list_prices),
    ("GET", f"/v1/prices/{ID}", catalogue.read_one("price")),
    ("POST", f"/v1/prices/{ID}", catalogue.update_price),
    ("POST", "/v1/coupons", offers.create_coupon),
    ("GET", f"/v1/coupons/{ID}", catalogue.read_one("coupon")),
    ("POST", "/v1/promotion_codes", offers.create_promotion_code),
    ("GET", "/v1/promotion_codes", offers.list_promotion_codes),
    ("POST", "/v1/checkout/sessions", checkouts.create),
    ("GET", "/v1/checkout/sessions", checkouts.listing),
    ("GET", f"/v1/checkout/sessions/{ID}", checkouts.read),
    ("GET", f"/v1/checkout/sessions/{ID}/line_items", checkouts.line_items),
    ("POST", f"/v1/checkout/sessions/{ID}/expire", checkouts.expire),
    ("POST", "/v1/billing_portal/sessions", visits.create_portal),
    ("GET", "/v1/subscriptions", subscriptions.listing),
    ("GET", f"/v1/subscriptions/{ID}", subscriptions.read),
    ("POST", f"/v1/subscriptions/{ID}", subscriptions.update),
    ("DELETE", f"/v1/subscriptions/{ID}", subscriptions.delete),
    ("POST", f"/v1/subscriptions/{ID}/resume", subscriptions.resume),
    ("POST", "/v1/invoices/create_preview", invoices.preview),
    ("GET", "/v1/invoices", invoices.listing),
    ("GET", f"/v1/invoices/{ID}", invoices.read),
    ("POST", f"/v1/invoices/{ID}/pay", invoices.pay),
    ("GET", "/v1/events", visits.list_events),
    ("GET", f"/v1/events/{ID}", catalogue.read_one("event")),
    ("POST", "/v1/test_helpers/test_clocks", visits.create_clock),
    ("GET", "/v1/test_helpers/test_clocks", visits.list_clocks),
    ("GET", f"/v1/test_helpers/test_clocks/{ID}", catalogue.read_one("test_helpers.test_clock")),
    ("POST", f"/v1/test_helpers/test_clocks/{ID}/advance", visits.advance_clock),
)


def build_api(world: StripeWorld) -> list[tuple[str, str, Handler]]:
    """The routes of the API."""

    def bound(deed: Deed) -> Handler:
        return lambda request: _answer(world, request, deed)

    known = [(method, pattern, bound(deed)) for method, pattern, deed in ROUTES]
    return [*known, *((method, "/v1/.*", bound(_unknown(method))) for method in ("GET", "POST", "DELETE"))]


def _unknown(method: str) -> Deed:
    def refuse(world: StripeWorld, call: Call) -> dict[str, object]:
        raise unknown_address(method, call.path)

    return refuse


def _answer(world: StripeWorld, request: Request, deed: Deed) -> Response:
    request_id = new_id("req", 14)
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    try:
        _check_key(world, request)
        settle_all(world)
        response = _once(world, request, key, lambda: _do(world, request, deed, Cause(request_id, key)))
    except StripeError as error:
        response = error.response()
    _write_down(world, request, request_id, key, response.status)
    more = {"Request-Id": request_id, "Stripe-Version": request.headers.get("stripe-version", VERSION)}
    given = {"Idempotency-Key": key} if key else {}
    return Response(response.body, response.status, headers={**response.headers, **more, **given})


def _do(world: StripeWorld, request: Request, deed: Deed, because: Cause) -> Response:
    """A refusal keeps what was done until then: a card that was declined was tried."""
    form = request.body.decode("utf-8", "replace") if request.method == "POST" else request.query_text
    token = cause.set(because)
    try:
        body = deed(world, Call(request.path, form, request.match))
        paths = decode_form(form).get("expand", [])
        body = expand(world, body, list(paths)) if paths else body
    except StripeError as error:
        return error.response()
    finally:
        cause.reset(token)
    return json_response(as_of(request.headers.get("stripe-version", VERSION), body))


def _once(world: StripeWorld, request: Request, key: str | None, do: Callable[[], Response]) -> Response:
    """Done in one transaction. Answers other than those to wrong parameters are kept under their key."""
    if request.method == "GET":
        return do()
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
    with world.store.writing():
        known = world.store.one("SELECT * FROM stripe_key WHERE key = ?", key) if key else None
        if known is not None:
            if known["digest"] != digest:
                raise other_parameters(known["key"])
            return Response(known["body"], known["status"], headers={"Idempotent-Replayed": "true"})
        response = do()
        if key and response.status in {200, 402}:
            sql = "INSERT INTO stripe_key (key, digest, status, body) VALUES (?, ?, ?, ?)"
            world.store.run(sql, key, digest, response.status, response.body)
    return response


def _check_key(world: StripeWorld, request: Request) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not hmac.compare_digest(given.encode(), world.stripe.secret_key.encode()):
        raise unauthorized(given)


def _write_down(world: StripeWorld, request: Request, request_id: str, key: str | None, status: int) -> None:
    world.store.run(
        "INSERT INTO stripe_request (id, at, method, path, query, body, idempotency_key, version, status)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(request_id, world.now(), request.method, request.path, request.query_text),
        *(request.body.decode("utf-8", "replace"), key, request.headers.get("stripe-version"), status),
    )
