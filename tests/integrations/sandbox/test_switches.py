"""What goes wrong on demand, seen from outside: by the product's own client, and on a server as `make run` has one."""

from collections.abc import Iterator

import pytest
import requests

from config.outbound import Bounds, OutboundFailed, OutboundSession
from integrations.providers import plaid
from integrations.providers.plaid import allow_plaid
from integrations.providers.plaid_errors import (
    BadAnswer,
    ItemGone,
    NeedsReauth,
    PlaidProblem,
    ProviderDown,
    RateLimited,
)
from integrations.sandbox.switches import INSTEAD, SPOILED
from tests.integrations.support import CREDENTIALS, FIRST_HARBOR, Sandbox, receiving
from tests.integrations.test_webhooks_astray import codes_of, issued
from tests.support.environment import CLIENT
from tests.support.environment import SECRET as PLAID_SECRET

OURS = {"PLAID-CLIENT-ID": CLIENT, "PLAID-SECRET": PLAID_SECRET}
ALL: dict[str, type[PlaidProblem]] = {
    "rate_limited": RateLimited,
    "server_error": ProviderDown,
    "html": BadAnswer,
    "oversized": BadAnswer,
    "truncated": BadAnswer,
    "cut": ProviderDown,
    "stalled": ProviderDown,
    "login_required": NeedsReauth,
    "revoked": ItemGone,
}
# On the wire: answers that came whole give their status, the others none.
ON_THE_WIRE = {"rate_limited": 429, "server_error": 500, "html": 200, "truncated": 200} | {
    "oversized": "too_large",
    "cut": "connection",
    "stalled": "timeout",
}


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plaid, "STEADY", Bounds(connect=2, read=0.4, total=20))


@pytest.mark.parametrize("kind", ALL)
def test_a_call_goes_wrong_once_and_then_not(kind: str, bank: Sandbox) -> None:
    token = bank.link()
    bank.switch(kind, "/accounts/get", seconds=0.8 if kind == "stalled" else None)
    with pytest.raises(ALL[kind]):
        bank.client.get_accounts(token)
    assert bank.served() == 1
    if kind not in {"login_required", "revoked"}:
        assert bank.client.get_accounts(token).accounts


def test_the_first_calls_pass_and_other_addresses_do_not_count(bank: Sandbox) -> None:
    token = bank.link()
    bank.switch("server_error", "/accounts/get", after=2, times=2)
    outcomes = []
    for _ in range(6):
        bank.client.get_item(token)
        try:
            bank.client.get_accounts(token)
            outcomes.append("fine")
        except ProviderDown:
            outcomes.append("wrong")
    assert outcomes == ["fine", "fine", "wrong", "wrong", "fine", "fine"]


def test_a_switch_without_end_lasts_until_it_is_cleared(bank: Sandbox) -> None:
    token = bank.link()
    bank.switch("html", times=0)
    for _ in range(3):
        with pytest.raises(BadAnswer):
            bank.client.get_item(token)
    bank.clear_switches()
    assert bank.client.get_item(token).item.error is None


def test_the_control_needs_the_key_and_says_what_is_wrong(bank: Sandbox) -> None:
    address = f"{bank.url}/control/faults"
    wrong = {**CREDENTIALS, "PLAID-SECRET": "guess"}
    for headers in ({}, wrong):
        assert requests.get(address, headers=headers, timeout=5).status_code == 401
        assert requests.post(address, json={"kind": "html"}, headers=headers, timeout=5).status_code == 401
        assert requests.delete(address, headers=headers, timeout=5).status_code == 401
    assert bank.served() == 0
    for body in ({"kind": "meteor"}, {"kind": "html", "times": -1}, {"kind": "html", "colour": "red"}, {}):
        assert bank.post("/control/faults", **body).status_code == 400
    assert bank.post("/control/webhooks", code="NEWLY_INVENTED").status_code == 400


def test_a_mutation_is_a_row_that_comes_in_between_two_pages(bank: Sandbox) -> None:
    token = bank.link()
    first = bank.client.sync_transactions(token, None, 100)
    bank.switch("mutation", "/transactions/sync")
    with pytest.raises(PlaidProblem) as caught:
        bank.client.sync_transactions(token, first.next_cursor, 100)
    assert caught.value.error_code == "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION"


def test_news_of_a_kind_is_sent_about_every_item(bank: Sandbox) -> None:
    with receiving() as receiver:
        for _ in range(2):
            bank.link(webhook=receiver.url)
        bank.deliver()
        receiver.received.clear()
        assert bank.post("/control/webhooks", code="NEW_ACCOUNTS_AVAILABLE").json() == {"sent": 2}
        bank.deliver()
        assert codes_of(receiver) == ["NEW_ACCOUNTS_AVAILABLE"] * 2


def test_a_webhook_comes_twice_or_late_or_by_a_wrong_clock(bank: Sandbox) -> None:
    with receiving() as receiver:
        bank.link(webhook=receiver.url)
        bank.deliver()
        receiver.received.clear()

        bank.switch("duplicated")
        bank.post("/control/webhooks", code="LOGIN_REPAIRED")
        bank.deliver()
        assert codes_of(receiver) == ["LOGIN_REPAIRED"] * 2

        receiver.received.clear()
        bank.switch("reordered", seconds=100)
        for code in ("ERROR", "LOGIN_REPAIRED"):
            bank.post("/control/webhooks", code=code)
        bank.deliver()
        bank.clock.ahead += 101
        bank.deliver()
        assert codes_of(receiver) == ["LOGIN_REPAIRED", "ERROR"]

        receiver.received.clear()
        bank.switch("skewed", seconds=-600)
        for _ in range(2):
            bank.post("/control/webhooks", code="LOGIN_REPAIRED")
        bank.deliver()
        skewed, right = (issued(token) for token, _ in receiver.received)
        assert 595 < right - skewed < 605
    assert bank.served() == 3


@pytest.fixture
def switched(sandbox: str) -> Iterator[str]:
    """The bank that runs as a process of its own, whose switches are all off again afterwards."""
    yield sandbox
    assert requests.delete(f"{sandbox}/control/faults", headers=OURS, timeout=5).ok


@pytest.mark.parametrize("kind", [*INSTEAD, *SPOILED])
def test_it_goes_wrong_on_the_wire_of_a_real_server_too(kind: str, switched: str) -> None:
    made = requests.post(
        f"{switched}/sandbox/public_token/create",
        json={"institution_id": FIRST_HARBOR, "initial_products": ["transactions"]},
        headers=OURS,
        timeout=5,
    ).json()
    token = requests.post(
        f"{switched}/item/public_token/exchange",
        json={"public_token": made["public_token"]},
        headers=OURS,
        timeout=5,
    ).json()["access_token"]
    fault = {"kind": kind, "path": "/item/get", "seconds": 1.5 if kind == "stalled" else 7}
    assert requests.post(f"{switched}/control/faults", json=fault, headers=OURS, timeout=5).ok
    body = f'{{"access_token": "{token}"}}'.encode()
    with OutboundSession(allow_plaid(switched, production=False), lambda _: None) as session:
        outcome: int | str
        try:
            outcome = session.post_json(
                f"{switched}/item/get", body, OURS, Bounds(connect=2, read=0.5, total=20)
            ).status
        except OutboundFailed as failed:
            outcome = failed.kind
        assert outcome == ON_THE_WIRE[kind]
        # The next call is well again, on a connection that is whole.
        assert session.post_json(f"{switched}/item/get", body, OURS).status == 200
    (listed,) = requests.get(f"{switched}/control/faults", headers=OURS, timeout=5).json()["faults"]
    assert listed["served"] == 1
