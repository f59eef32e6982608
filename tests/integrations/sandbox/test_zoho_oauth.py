"""The sandbox's accounts server: the page, codes, tokens, refusals with a success status, and the end of a grant."""

import base64

import pytest
import requests

from tests.integrations.sandbox.zoho_reader import (
    BACK,
    CEDARLINE,
    EUROPE,
    READ,
    Reader,
    ask,
    consent,
    exchange,
    read,
    token_call,
    told,
)
from tests.integrations.support import CREDENTIALS, ZOHO_CLIENT, ZOHO_SECRET, Sandbox


def test_the_page_says_who_asks_for_what_and_lets_back(bank: Sandbox) -> None:
    page = requests.get(ask(bank), timeout=10)
    assert ZOHO_CLIENT in page.text
    assert "Invoices (read)" in page.text
    for name in ("Cedarline Instruments, Inc.", "Cedarline Europe GmbH"):
        assert name in page.text
    assert "form-action 'self' http://127.0.0.1:8000;" in page.headers["Content-Security-Policy"]


def test_the_way_back_carries_code_state_place_and_a_stray_ampersand(bank: Sandbox) -> None:
    location = consent(ask(bank))
    assert location.startswith(f"{BACK}?state=state-1&code=1000.")
    assert location.endswith("&")
    assert told(location)["location"] == "us"
    assert told(location)["accounts-server"] == f"{bank.url}/zoho"
    assert told(consent(ask(bank), location="eu"))["location"] == "eu"
    assert "location" not in told(consent(ask(bank), location="none"))


def test_whoever_rejects_is_sent_back_with_that(bank: Sandbox) -> None:
    assert told(consent(ask(bank), decision="reject")) == {"state": "state-1", "error": "access_denied"}


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "stranger"}, {"redirect_uri": "javascript:1"}, {"scope": "Nothing.known"}, {"response_type": ""}],
)
def test_an_incomplete_question_is_answered_by_a_page(changes: dict[str, str], bank: Sandbox) -> None:
    assert requests.get(ask(bank, **changes), timeout=10).status_code == 400


def test_a_page_is_good_for_one_answer(bank: Sandbox) -> None:
    url = ask(bank)
    page = requests.get(url, timeout=10)
    visit = page.text.partition('name="visit" value="')[2].partition('"')[0]
    form = {"visit": visit, "organization_ids": CEDARLINE, "decision": "accept"}
    address = f"{bank.url}/zoho/oauth/v2/auth"
    assert requests.post(address, data=form, timeout=10, allow_redirects=False).status_code == 302
    assert requests.post(address, data=form, timeout=10, allow_redirects=False).status_code == 400


def test_a_code_gives_tokens_once_and_within_its_minute(bank: Sandbox) -> None:
    code = told(consent(ask(bank)))["code"]
    tokens = exchange(bank, code)
    assert set(tokens) == {"access_token", "refresh_token", "api_domain", "token_type", "expires_in", "scope"}
    assert (tokens["expires_in"], tokens["token_type"]) == (3600, "Bearer")
    assert set(tokens["scope"].split()) == set(READ.split(","))
    assert exchange(bank, code) == {"error": "invalid_code"}
    late = told(consent(ask(bank)))["code"]
    bank.clock.ahead += 61
    assert exchange(bank, late) == {"error": "invalid_code"}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"client_id": "stranger"}, "invalid_client"),
        ({"client_secret": "guess"}, "invalid_client_secret"),
        ({"redirect_uri": "http://127.0.0.1:8000/elsewhere/"}, "invalid_redirect_uri"),
        ({"code_verifier": "somebody else's"}, "invalid_code"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_refusals_come_with_a_success_status(changes: dict[str, str], word: str, bank: Sandbox) -> None:
    code = told(consent(ask(bank)))["code"]
    given = {"grant_type": "authorization_code", "code": code, "code_verifier": "x"} | changes
    if "code_verifier" not in changes:
        given.pop("code_verifier")
    answer = token_call(bank, **given)
    assert (answer.status_code, answer.json()) == (200, {"error": word})


def test_without_a_challenge_no_proof_is_asked_for(bank: Sandbox) -> None:
    code = told(consent(ask(bank, code_challenge="", code_challenge_method="")))["code"]
    assert "access_token" in exchange(bank, code, code_verifier="")


def test_only_offline_access_has_a_refresh_token_and_only_a_new_consent_a_new_one(bank: Sandbox) -> None:
    def tokens(**changes: str) -> dict[str, object]:
        return exchange(bank, told(consent(ask(bank, **changes)))["code"])

    assert "refresh_token" not in tokens(access_type="online")
    assert "refresh_token" in tokens(prompt="")
    assert "refresh_token" not in tokens(prompt="")
    assert "refresh_token" in tokens(prompt="consent")


def test_unknown_scopes_are_dropped_without_a_word(bank: Sandbox) -> None:
    code = told(consent(ask(bank, scope="ZohoBooks.invoices.READ,ZohoBooks.planets.READ,Other.thing.READ")))["code"]
    assert exchange(bank, code)["scope"] == "ZohoBooks.invoices.READ"


def test_more_can_be_granted_than_was_asked(bank: Sandbox) -> None:
    wider = "ZohoBooks.invoices.READ,ZohoBooks.invoices.CREATE"
    code = told(consent(ask(bank, scope="ZohoBooks.invoices.READ"), scopes=wider))["code"]
    assert "ZohoBooks.invoices.CREATE" in exchange(bank, code)["scope"].split()


def test_the_organisations_are_those_of_the_person(bank: Sandbox) -> None:
    code = told(consent(ask(bank), CEDARLINE, EUROPE))["code"]
    reader = Reader(bank, exchange(bank, code)["access_token"], "")
    found = reader.get("/organizations")["organizations"]
    assert [one["organization_id"] for one in found] == [CEDARLINE, EUROPE]


def test_an_access_token_lasts_an_hour_and_a_refresh_token_gives_the_next(bank: Sandbox) -> None:
    reader = read(bank, EUROPE)
    bank.clock.ahead += 3601
    assert reader.call("/contacts").json()["code"] == 14
    again = token_call(bank, grant_type="refresh_token", refresh_token=reader.refresh_token).json()
    assert "refresh_token" not in again
    reader.access_token = again["access_token"]
    assert reader.get("/contacts")["contacts"]


@pytest.mark.parametrize("way", ["query", "form", "client"])
def test_revoking_a_refresh_token_ends_its_access_tokens_too(way: str, bank: Sandbox) -> None:
    reader = read(bank, EUROPE)
    given = {"token": reader.refresh_token}
    if way == "client":
        basic = base64.b64encode(f"{ZOHO_CLIENT}:{ZOHO_SECRET}".encode()).decode()
        url, headers = f"{bank.url}/zoho/oauth/v2/revoke/token", {"Authorization": f"Basic {basic}"}
        answer = requests.post(url, data=given, headers=headers, timeout=10)
    elif way == "form":
        answer = requests.post(f"{bank.url}/zoho/oauth/v2/token/revoke", data=given, timeout=10)
    else:
        answer = requests.post(f"{bank.url}/zoho/oauth/v2/token/revoke", params=given, timeout=10)
    assert answer.json() == {"status": "success"}
    assert reader.call("/contacts").json()["code"] == 14
    refused = token_call(bank, grant_type="refresh_token", refresh_token=reader.refresh_token)
    assert (refused.status_code, refused.json()) == (200, {"error": "invalid_code"})
    wrong = requests.post(f"{bank.url}/zoho/oauth/v2/revoke/token", data=given, timeout=10)
    assert wrong.json() == {"error": "invalid_client"}


def test_the_twenty_first_consent_of_a_person_ends_the_first_without_a_word(bank: Sandbox) -> None:
    first, *_, last = [read(bank, EUROPE) for _ in range(21)]
    other = read(bank, EUROPE, person="somebody.else@cedarline.example")
    assert first.call("/contacts").json()["code"] == 14
    assert last.get("/contacts")["contacts"]
    assert other.get("/contacts")["contacts"]


def test_who_refreshes_all_the_time_is_made_to_wait(bank: Sandbox) -> None:
    reader = read(bank, EUROPE)
    refresh = {"grant_type": "refresh_token", "refresh_token": reader.refresh_token}
    for _ in range(9):
        assert "access_token" in token_call(bank, **refresh).json()
    refused = token_call(bank, **refresh)
    assert (refused.status_code, refused.json()["error"]) == (400, "Access Denied")
    bank.clock.ahead += 601
    assert "access_token" in token_call(bank, **refresh).json()


def test_the_control_shows_grants_without_tokens_and_ends_them(bank: Sandbox) -> None:
    reader = read(bank, EUROPE)
    token_call(bank, grant_type="refresh_token", refresh_token=reader.refresh_token)
    address = f"{bank.url}/control/zoho/grants"
    listed = requests.get(address, headers=CREDENTIALS, timeout=10)
    assert [(one["refreshes"], one["access_tokens"]) for one in listed.json()["grants"]] == [(1, 2)]
    assert reader.refresh_token not in listed.text
    assert requests.get(address, timeout=10).status_code == 401
    assert bank.post("/control/zoho/grants", kind="expire").json() == {"done": 2}
    assert reader.call("/contacts").json()["code"] == 14
    assert "access_token" in token_call(bank, grant_type="refresh_token", refresh_token=reader.refresh_token).json()
    assert bank.post("/control/zoho/grants", kind="revoke").json() == {"done": 1}
    refused = token_call(bank, grant_type="refresh_token", refresh_token=reader.refresh_token).json()
    assert refused == {"error": "invalid_code"}
