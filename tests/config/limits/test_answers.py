"""What a limited answer says: how many are left, when to come again, and what was typed. R67."""

import re
import time
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import RequestFactory

from accounts.access import workspace_scope
from audit.log import open_detail
from audit.models import Event
from config.addresses import counted_address
from config.middleware import floor
from tests.accounts.test_sign_up import new_address
from tests.support.client import ScopeCheckingClient
from tests.support.limits import change_limit, let_pass, redis_client
from tests.support.people import PASSWORD, Persona, make_person, sign_in
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db

FORGOTTEN, LOGIN = "/accounts/password/", "/accounts/login/"
FORGED = [f"203.0.113.{n}" for n in range(1, 8)]


def ask(client: ScopeCheckingClient, email: str, **more: Any) -> Any:
    return client.post(FORGOTTEN, {"email": email}, **more)


def test_every_counted_answer_says_how_many_are_left(client: ScopeCheckingClient) -> None:
    email = new_address()
    answers = [ask(client, email) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert {answer.headers["X-RateLimit-Limit"] for answer in answers} == {"5"}
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0"]
    resets = [int(answer.headers["X-RateLimit-Reset"]) for answer in answers]
    assert all(abs(reset - time.time() - 900) < 60 for reset in resets)
    assert ["Retry-After" in answer.headers for answer in answers] == [False] * 5 + [True]
    assert 800 < int(answers[5].headers["Retry-After"]) <= 900
    assert "You can try again in 15 minutes." in answers[5].content.decode()


def test_it_goes_on_once_the_window_has_slid(client: ScopeCheckingClient) -> None:
    email = new_address()
    for _ in range(5):
        ask(client, email)
    let_pass(600)
    refused = ask(client, email)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 300
    let_pass(301)
    assert ask(client, email).status_code == 302


def test_a_page_that_only_shows_is_not_counted(alice: Persona, client: ScopeCheckingClient) -> None:
    answers = [client.get(LOGIN) for _ in range(30)] + [alice.client.get(f"/w/{alice.workspace.slug}/")]

    assert {answer.status_code for answer in answers} == {200}
    assert not [name for answer in answers for name in answer.headers if name.startswith("X-RateLimit")]
    assert redis_client().keys("limits*") == []
    assert redis_client().keys("*rl:*") == []


def test_what_changes_something_and_has_no_limit_of_its_own_says_where_the_floor_is(alice: Persona) -> None:
    answer = alice.client.post("/settings/profile/", {"display_name": "Alice", "time_zone": "UTC"})

    assert answer.headers["X-RateLimit-Limit"] == "600"
    assert answer.headers["X-RateLimit-Remaining"] == "599"


def test_the_floor_holds_whatever_is_asked_for(
    alice: Persona, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(floor, "FLOOR_COUNT", 3)
    answers = []
    for _ in range(6):
        with django_capture_on_commit_callbacks(execute=True):
            answers.append(alice.client.post("/nowhere/"))

    assert [answer.status_code for answer in answers] == [404] * 3 + [429] * 3
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert answers[3].headers["X-RateLimit-Remaining"] == "0"
    assert "Too many tries" in answers[3].content.decode()
    assert answers[3].headers["Content-Security-Policy"].count("default-src 'none'") == 1
    assert alice.client.get("/workspaces/").status_code == 200
    assert [one["reason"] for one in refusals()] == ["limit: floor"]


def test_who_floods_the_site_costs_no_query(
    client: ScopeCheckingClient, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(floor, "FLOOR_COUNT", 1)
    first, second = client.post("/nowhere/"), client.post("/nowhere/")

    with django_assert_num_queries(0):
        third = client.post("/nowhere/")

    assert [answer.status_code for answer in (first, second, third)] == [404, 429, 429]
    assert [one["reason"] for one in refusals()] == ["limit: floor"]


# One customer has as many addresses as they like.
def test_all_addresses_of_an_ipv6_network_are_recorded_once(
    client: ScopeCheckingClient, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    change_limit(monkeypatch, "forgotten_address", count=1)
    for network, most in (("2001:db8:1:2", 4), ("2001:db8:1:3", 3)):
        for number in range(1, most):
            with django_capture_on_commit_callbacks(execute=True):
                ask(client, new_address(), REMOTE_ADDR=f"{network}::{number}")

    assert [one["reason"] for one in refusals()] == ["limit: forgotten_address"] * 2


def test_a_refusal_is_recorded_once_an_hour(
    client: ScopeCheckingClient, django_capture_on_commit_callbacks: Any
) -> None:
    email = new_address()
    for _ in range(9):
        with django_capture_on_commit_callbacks(execute=True):
            ask(client, email)

    assert refusals() == [{"route": "account_reset_password", "reason": "limit: forgotten"}]


def test_in_a_workspace_it_is_recorded_there(alice: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    change_limit(monkeypatch, "sync_workspace", count=1)
    address = f"/w/{alice.workspace.slug}/connections/{uuid4()}/syncs/"
    first, second = alice.client.post(address), alice.client.post(address)

    assert (first.status_code, second.status_code) == (404, 429)
    assert refusals(alice) == [{"route": "integrations:create_sync", "reason": "limit: sync_workspace"}]


# Who does not belong there cannot use it up for those who do.
def test_a_stranger_uses_up_nothing_of_a_workspace(
    alice: Persona, mallory: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_limit(monkeypatch, "sync_workspace", count=1)
    address = f"/w/{alice.workspace.slug}/connections/{uuid4()}/syncs/"
    assert [mallory.client.post(address).status_code for _ in range(3)] == [404] * 3
    assert alice.client.post(address).status_code == 404
    assert alice.client.post(address).status_code == 429


def test_each_bank_is_counted_apart_and_each_person(alice: Persona, bob: Persona) -> None:
    first, second = (f"/w/{alice.workspace.slug}/connections/{uuid4()}/syncs/" for _ in range(2))
    assert [alice.client.post(first).status_code for _ in range(6)] == [404] * 5 + [429]
    assert alice.client.post(second).status_code == 404
    assert bob.client.post(first).status_code == 403


def test_what_was_not_done_for_want_of_a_proof_is_not_counted(alice: Persona) -> None:
    unproven = sign_in(alice.user, proof=None)
    address = f"/w/{alice.workspace.slug}/connections/link/"
    answers = [unproven.post(address) for _ in range(7)]

    assert {answer.status_code for answer in answers} == {302}
    assert {answer.headers["X-RateLimit-Remaining"] for answer in answers} == {"5"}


def test_success_is_given_back_where_failures_count(client: ScopeCheckingClient) -> None:
    nora = make_person("nora", has_factor=False)
    given = {"login": nora.email, "password": PASSWORD}
    wrong = {"login": nora.email, "password": "not the password"}
    assert ScopeCheckingClient().post(LOGIN, wrong).headers["X-RateLimit-Remaining"] == "4"
    for _ in range(6):
        answer = ScopeCheckingClient().post(LOGIN, given)
        assert answer.status_code == 302
        assert answer.headers["X-RateLimit-Remaining"] == "4"


def test_nobody_names_another_account_half_way_through(alice: Persona, client: ScopeCheckingClient) -> None:
    client.post(LOGIN, {"login": alice.user.email, "password": PASSWORD})
    second = "/accounts/login/second-factor/"
    answers = [
        client.post(second, {"token": "000000", "login": new_address(), "email": new_address()}) for _ in range(6)
    ]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


def test_data_gets_data_and_a_fragment_a_line(alice: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    change_limit(monkeypatch, "sync", count=0)
    address = f"/w/{alice.workspace.slug}/connections/{uuid4()}/syncs/"
    script = {"X-Requested-With": "XMLHttpRequest"}
    data = alice.client.post(address, headers={**script, "Accept": "application/json"})
    line = alice.client.post(address, headers={**script, "HX-Request": "true"})

    assert (data.status_code, line.status_code) == (429, 429)
    assert data.headers["Content-Type"] == "application/json"
    assert data.json() == {"error": "too_many_requests", "retry_after": int(data.headers["Retry-After"])}
    assert "Too many tries. You can try again" in line.content.decode()
    assert "<html" not in line.content.decode()


def test_the_page_says_where_a_line_goes(client: ScopeCheckingClient) -> None:
    page = client.get(LOGIN).content.decode()
    assert re.search(r'"code":"413\|429\|503","swap":true,"error":true,"target":"#messages"', page)
    assert 'id="messages"' in page


def test_what_was_typed_can_be_sent_again(alice: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    change_limit(monkeypatch, "invite", count=0)
    typed = {"email": "ines@example.test", "role": "staff", "note": '"><script>'}
    address = f"/w/{alice.workspace.slug}/settings/invitations/"
    page = alice.client.post(address, typed).content.decode()

    assert f'<form method="post" action="{address}">' in page
    assert '<input type="hidden" name="email" value="ines@example.test">' in page
    assert "&quot;&gt;&lt;script&gt;" in page
    assert "<script>" not in page
    assert 'name="csrfmiddlewaretoken"' in page


def test_no_password_and_no_code_is_written_into_a_page(client: ScopeCheckingClient) -> None:
    email = new_address()
    secret = "a password of somebody"
    pages = [client.post(LOGIN, {"login": email, "password": secret}) for _ in range(7)]

    assert pages[-1].status_code == 429
    assert secret not in pages[-1].content.decode()
    assert "Send it again" not in pages[-1].content.decode()


# What another site makes a browser send is refused before it counts, and nothing of it is offered again.
def test_a_request_without_the_form_token_counts_for_nobody() -> None:
    strict = ScopeCheckingClient(enforce_csrf_checks=True)
    email = new_address()
    assert {ask(strict, email).status_code for _ in range(8)} == {403}
    assert ask(ScopeCheckingClient(), email).headers["X-RateLimit-Remaining"] == "4"


@pytest.mark.parametrize(("proxies", "status"), [(0, 429), (1, 429)])
def test_a_forged_header_makes_nobody_somebody_else(
    client: ScopeCheckingClient, settings: Any, proxies: int, status: int
) -> None:
    settings.TRUSTED_PROXY_COUNT = settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    email, own = new_address(), "198.51.100.7"
    # Our own proxy adds the address that it sees at the right.
    headers = [f"{forged}, {own}" if proxies else forged for forged in FORGED]
    answers = [ask(client, email, REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": one}) for one in headers]

    assert [answer.status_code for answer in answers[:5]] == [302] * 5
    assert answers[5].status_code == status


def test_behind_a_proxy_each_client_counts_by_itself(client: ScopeCheckingClient, settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    email = new_address()
    answers = [ask(client, email, REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": one}) for one in FORGED[:5]]
    assert {answer.headers["X-RateLimit-Remaining"] for answer in answers} == {"4"}


def test_everybody_who_counts_is_told_of_the_same_address(settings: Any) -> None:
    from allauth.account.adapter import get_adapter
    from axes.helpers import get_client_ip_address

    settings.TRUSTED_PROXY_COUNT = settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forwarded = {"HTTP_X_FORWARDED_FOR": "203.0.113.1, 198.51.100.7", "REMOTE_ADDR": "10.0.0.1"}
    request = RequestFactory().post("/", **forwarded)  # type: ignore[arg-type] # the stubs take no extra headers so

    assert counted_address(request) == "198.51.100.7"
    assert get_adapter().get_client_ip(request) == "198.51.100.7"
    assert get_client_ip_address(request) == "198.51.100.7"
    assert floor._subject("", request) == floor._subject("", RequestFactory().post("/", REMOTE_ADDR="198.51.100.7"))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("198.51.100.7", "198.51.100.7"),
        ("", ""),
    ],
)
def test_of_an_ipv6_address_its_network_counts(address: str, counted: str) -> None:
    assert counted_address(RequestFactory().get("/", REMOTE_ADDR=address)) == counted


def refusals(persona: Persona | None = None) -> list[dict[str, object]]:
    with workspace_scope(persona.workspace.pk if persona else SITE_ID):
        events = Event.objects.filter(action="accounts.access.refused").order_by("occurred_at")
        found = [open_detail(event) for event in events]
    return [one for one in found if str(one["reason"]).startswith("limit")]


def test_signing_in_is_held_to_what_axes_is_told() -> None:
    assert settings.AXES_FAILURE_LIMIT == 5
    assert settings.AXES_COOLOFF_TIME.total_seconds() == 900
    assert settings.ACCOUNT_RATE_LIMITS is False
