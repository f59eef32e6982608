"""What Stripe may tell us, and what nobody else may. Signatures are made by Stripe's own library. R66, R86."""

import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.client import HTTPConnection
from itertools import permutations
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import psycopg
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections

from accounts.access import workspace_scope
from audit.log import open_detail
from audit.models import Event
from billing.models import Checkout, StripeEvent
from billing.queues import HANDLE_EVENT
from config.env import Stripe
from integrations.sandbox.stripe.delivery import tick
from integrations.sandbox.stripe.older import OLD_VERSION
from integrations.sandbox.stripe.world import build_stripe
from tests.billing.support import (
    ADDRESS,
    customer_of,
    deliver,
    events_of,
    everything_known,
    go_to_checkout,
    inbox,
    now_of,
    pay,
    send,
    sign,
    subscribe,
)
from tests.integrations.linked import TaskQueue
from tests.integrations.sandbox.stripe.support import FORMER_SECRET, KEY, WEBHOOK_SECRET, StripeSandbox
from tests.support.client import ScopeCheckingClient
from tests.support.environment import Workplace
from tests.support.people import Persona
from vault.tenancy import SITE_ID

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db(transaction=True)

FOUR = ("checkout.session.completed", "customer.subscription.created", "customer.subscription.updated", "invoice.paid")


def four_of(till: StripeSandbox, version: str | None = None) -> dict[str, dict[str, Any]]:
    """The first event of each of the four kinds; the update is one that somebody's change has made since."""
    found: dict[str, dict[str, Any]] = {}
    for event in events_of(till, version):
        found.setdefault(event["type"], event)
    return {kind: found[kind] for kind in FOUR}


@pytest.fixture
def paid(alice: Persona, till: StripeSandbox) -> Persona:
    """Somebody has paid, and changed their mind about the seats in the portal, and nobody has told us."""
    session = go_to_checkout(alice)
    done = till.complete(session)
    subscription = till.subscription(done["subscription"])
    item = subscription["items"].data[0]
    till.change(subscription, items=[{"id": item.id, "quantity": 6}], proration_behavior="always_invoice")
    return alice


Rows = dict[str, int]


@pytest.fixture
def rows(workplace: Workplace) -> Callable[[], Rows]:
    """How many rows there are in each table, whoever's they are; but for the record, where refusals are noted."""

    def count() -> Rows:
        address = workplace.servers.postgres.admin_url_of(workplace.database)
        with psycopg.connect(address) as superuser:
            found = superuser.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            tables = [name for (name,) in found if not name.startswith("audit_")]
            counts = {name: superuser.execute(f'SELECT count(*) FROM "{name}"').fetchone() for name in tables}
            return {name: row[0] for name, row in counts.items() if row}

    return count


def refused(reason: str) -> bool:
    with workspace_scope(SITE_ID):
        actions = ("accounts.access.refused", "billing.webhook.refused")
        events = Event.objects.filter(action__in=actions).order_by("-occurred_at")[:1]
        return [open_detail(event)["reason"] for event in events] == [reason]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_every_order_of_the_news_ends_in_one_state(
    order: tuple[int, ...], paid: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue
) -> None:
    news = four_of(till)
    for place in order:
        assert deliver(client, news[FOUR[place]]) == 200
        assert HANDLE_EVENT in queue.work()
    known = everything_known(paid)
    assert known["limits"] == ["team", "active", None, 6, 5, 12]
    assert known["visits"] == ["complete"]
    assert len(known["invoices"]) == 2  # type: ignore[arg-type] # a list, as the others of these
    assert [one.state for one in inbox(paid)] == ["handled"] * 4


def test_news_of_before_2025_is_read_as_well(
    paid: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue
) -> None:
    news = four_of(till, OLD_VERSION)
    assert "current_period_end" in news["customer.subscription.created"]["data"]["object"]
    assert "parent" not in news["invoice.paid"]["data"]["object"]
    for event in news.values():
        assert deliver(client, event) == 200
    queue.work()
    assert now_of(paid).plan_state == "active"


def test_ten_deliveries_at_once_have_one_effect(
    paid: Persona, till: StripeSandbox, queue: TaskQueue, product: str
) -> None:
    event = four_of(till)["customer.subscription.created"]
    body = json.dumps(event).encode()
    header = sign(body)
    begin = threading.Barrier(10)
    statuses: list[int] = []

    def knock() -> None:
        http = HTTPConnection(urlsplit(product).netloc, timeout=60)
        begin.wait()
        headers = {"Stripe-Signature": header, "Content-Type": "application/json", "Host": "testserver"}
        http.request("POST", ADDRESS, body, headers)
        statuses.append(http.getresponse().status)
        http.close()

    threads = [threading.Thread(target=knock) for _ in range(10)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert statuses == [200] * 10
    assert len(inbox(paid)) == 1
    queue.work()
    with workspace_scope(paid.workspace.pk):
        assert Event.objects.filter(action="billing.subscription.created").count() == 1
        assert Event.objects.filter(action="accounts.plan.changed").count() == 1
    # And once more, long after it was followed.
    assert deliver(ScopeCheckingClient(), event) == 200
    assert queue.work() == []
    assert [one.state for one in inbox(paid)] == ["handled"]


@pytest.fixture
def product() -> Iterator[str]:
    """The product on several threads of this process, each with a connection of its own to the database."""

    class Threaded(ThreadingMixIn, WSGIServer):
        daemon_threads = False
        block_on_close = True

        def close_request(self, request: Any) -> None:
            super().close_request(request)
            connections.close_all()

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
            pass

    server = Threaded(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def forged(till: StripeSandbox) -> list[tuple[str, bytes, str | None]]:
    """Everything that is not Stripe's news of these minutes, by the reason it is refused for."""
    event = four_of(till)["customer.subscription.created"]
    body = json.dumps(event).encode()
    bare = {name: value for name, value in event.items() if name != "id"}
    thin = {"id": "evt_thin", "object": "v2.core.event", "type": event["type"], "related_object": None}

    def signed(value: object) -> tuple[bytes, str]:
        raw = json.dumps(value).encode()
        return raw, sign(raw)

    latin = json.dumps(event).replace("whsec", "").encode()[:-1] + b', "name": "\xe9"}'
    moment = sign(body).partition(",")[0]
    return [
        ("no_signature", body, None),
        ("malformed", body, "nothing"),
        ("malformed", body, "t=,v1=00"),
        ("malformed", body, f"{moment},{sign(body)}"),
        ("malformed", body, moment),
        ("malformed", body, sign(body).replace("v1=", "v0=")),
        ("signature", body, sign(body, secret="whsec_of_somebody_else")),
        ("signature", body, sign(body)[:-4] + "0000"),
        ("signature", body, f"{moment},v1=é"),
        ("signature", body + b" ", sign(body)),
        ("signature", body.replace(b"cus_", b"cuz_"), sign(body)),
        ("too_old", body, sign(body, age=301)),
        ("in_future", body, sign(body, age=-600)),
        ("content", latin, _signed_raw(latin)),
        ("content", *signed([event])),
        ("content", *signed(bare)),
        ("content", *signed(event | {"id": ""})),
        ("content", *signed(event | {"id": 7})),
        ("content", *signed(event | {"object": "charge"})),
        ("content", *signed(thin)),
        ("content", *signed(event | {"data": {}})),
        ("content", *signed(event | {"data": {"object": {"customer": 7}}})),
        ("content", *signed("event")),
        ("content", b"", sign(b"")),
    ]


def _signed_raw(body: bytes) -> str:
    """Of bytes that are no text, which Stripe's library would not sign."""
    at = int(time.time())
    return f"t={at},v1={hmac.digest(WEBHOOK_SECRET.encode(), f'{at}.'.encode() + body, 'sha256').hex()}"


def test_what_is_not_stripes_news_is_refused_and_no_table_grows(
    paid: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue, rows: Callable[[], Rows]
) -> None:
    before = rows()
    for reason, body, header in forged(till):
        assert send(client, body, header) == 400, (reason, header)
        assert refused(reason), reason
    assert send(client, b"x" * (256 * 1024 + 1), "t=1,v1=00") == 413
    assert client.get(ADDRESS).status_code == 405
    assert rows() == before
    assert queue.work() == []
    # The same event, signed as it should be, is taken: the inbox grows by one, and nothing else.
    assert deliver(client, four_of(till)["customer.subscription.created"]) == 200
    after = rows()
    assert {table: after[table] - before[table] for table in after if after[table] != before[table]} == {
        "billing_stripeevent": 1
    }


@pytest.mark.parametrize("age", [200, -290])
def test_a_clock_may_be_off_by_minutes(
    age: int, paid: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue
) -> None:
    body = json.dumps(four_of(till)["invoice.paid"]).encode()
    assert send(client, body, sign(body, age=age)) == 200
    assert len(inbox(paid)) == 1
    assert queue.work() == [HANDLE_EVENT]


def test_a_secret_is_replaced_without_a_gap(
    paid: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue, settings: "Settings"
) -> None:
    news = four_of(till)
    # Stripe signs by both for a while: whichever of them is ours.
    by_both = json.dumps(news["invoice.paid"]).encode()
    moment, _, first = sign(by_both, secret="whsec_the_next_one").partition(",")
    second = sign(by_both).partition(",")[2]
    assert send(client, by_both, f"{moment},{first},{second}") == 200
    # And both are ours for a while: whichever of them Stripe signs by.
    settings.STRIPE = Stripe(till.url, (till.url,), KEY, ("whsec_the_next_one", FORMER_SECRET))
    by_next = json.dumps(news["checkout.session.completed"]).encode()
    by_former = json.dumps(news["customer.subscription.created"]).encode()
    by_neither = json.dumps(news["customer.subscription.updated"]).encode()
    assert send(client, by_next, sign(by_next, secret="whsec_the_next_one")) == 200
    assert send(client, by_former, sign(by_former, secret=FORMER_SECRET)) == 200
    assert send(client, by_neither, sign(by_neither)) == 400
    assert len(inbox(paid)) == 3
    assert queue.work() == [HANDLE_EVENT] * 3


def test_the_sandboxs_own_deliveries_are_believed_however_they_come(
    paid: Persona, client: ScopeCheckingClient, till: StripeSandbox, queue: TaskQueue, product: str
) -> None:
    stripe = build_stripe(till.world.settings, till.world.store, till.world.now)
    assert stripe is not None
    world = replace(stripe, stripe=replace(stripe.stripe, webhook_url=f"{product}{ADDRESS}"))
    for kind in ("duplicated", "shuffled", "two_signatures", "old_shape"):
        till.switch(kind, "stripe", times=2)
    tick(world)
    assert {one["state"] for one in till.seen("deliveries")} == {"done"}
    queue.work()
    assert now_of(paid).plan_state == "active"


def test_news_of_a_kind_that_nobody_waits_for_is_answered_and_forgotten(
    paid: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue, rows: Callable[[], Rows]
) -> None:
    event = four_of(till)["invoice.paid"]
    before = rows()
    for kind in ("customer.created", "invoice.upcoming", "newly.invented", "payment_intent.succeeded"):
        assert deliver(client, event | {"id": f"evt_{kind}", "type": kind}) == 200
    # A kind that we do not know may be about anything.
    assert deliver(client, event | {"type": "newly.invented", "data": {"object": {"customer": 7}}}) == 200
    assert rows() == before
    assert queue.work() == []


def test_news_of_a_customer_that_is_nobodys_is_answered_and_forgotten(
    paid: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue
) -> None:
    event = four_of(till)["invoice.paid"]
    for customer in ("cus_ofSomebodyElse1", "", None):
        about = event["data"]["object"] | {"customer": customer}
        assert deliver(client, event | {"data": {"object": about}}) == 200
    assert inbox(paid) == []
    assert queue.work() == []


def test_news_reaches_its_own_workspace_alone(
    paid: Persona, mallory: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue
) -> None:
    subscribe(mallory, till, seats=2)
    before = everything_known(mallory)
    assert deliver(client, four_of(till)["invoice.paid"]) == 200
    queue.work()
    assert inbox(mallory) == []
    assert everything_known(mallory) == before
    assert now_of(paid).seat_limit == 6


def test_news_is_believed_of_nothing_but_that_there_is_some(
    alice: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue
) -> None:
    """Even with the secret, nobody makes themselves a plan: what counts is what Stripe says when it is asked."""
    go_to_checkout(alice)
    before = everything_known(alice)
    granted = {"id": "sub_invented", "object": "subscription", "customer": customer_of(alice), "status": "active"}
    event = {"id": "evt_invented", "object": "event", "type": "customer.subscription.created"}
    assert deliver(client, event | {"data": {"object": granted}}) == 200
    assert queue.work() == [HANDLE_EVENT]
    assert everything_known(alice) == before


def test_nobody_gets_a_plan_by_coming_back(
    alice: Persona, mallory: Persona, till: StripeSandbox, queue: TaskQueue
) -> None:
    go_to_checkout(alice)
    pay(mallory, till)
    before = everything_known(alice)
    place = f"/w/{alice.workspace.slug}/settings/billing/return/"
    with workspace_scope(mallory.workspace.pk):
        hers = Checkout.objects.get()
    for query in ("", "?checkout=", f"?checkout={hers.pk}", "?session_id=cs_test_forged", "?checkout=complete"):
        answer = alice.client.get(place + query)
        assert answer.status_code in {200, 302, 404}, query
        queue.work()
    assert everything_known(alice) == before


def test_bodies_are_sealed(paid: Persona, till: StripeSandbox, client: ScopeCheckingClient, queue: TaskQueue) -> None:
    event = four_of(till)["invoice.paid"]
    deliver(client, event)
    queue.work()
    with workspace_scope(paid.workspace.pk), connection.cursor() as cursor:
        (stored,) = StripeEvent.objects.all()
        assert json.loads(stored.body)["id"] == event["id"]
        for table in ("stripeevent", "customer", "subscription", "invoice", "checkout"):
            cursor.execute(f"SELECT t::text FROM billing_{table} t")
            (row,) = cursor.fetchone()
            for mark in ("cus_", "sub_", "evt_", "in_", "cs_test", "si_"):
                assert mark not in row
                assert mark.encode().hex() not in row
