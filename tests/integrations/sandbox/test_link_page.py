import re
from datetime import UTC, datetime

import pytest
import requests

from integrations.providers.plaid_errors import RequestRejected
from tests.integrations.support import BACK, FIRST_HARBOR, LONG_HISTORY, Sandbox


def test_the_page_leads_from_bank_to_accounts_to_consent_and_back(bank: Sandbox) -> None:
    start = bank.start_link()
    url = start.hosted_link_url.reveal()
    first = requests.get(url, timeout=5)
    assert re.findall(r'name="institution_id" value="(\w+)"', first.text) == [LONG_HISTORY, FIRST_HARBOR]
    second = requests.get(f"{url}/accounts", params={"institution_id": FIRST_HARBOR}, timeout=5)
    assert re.findall(r'name="account_ids" value="(\w+)"', second.text) == ["checking", "savings", "card"]
    assert "····2217" in second.text
    third = bank.choose(start, FIRST_HARBOR, accounts="checking,card")
    assert (third.status_code, third.headers["Location"]) == (303, BACK)
    (linked,) = bank.banks(start)
    assert linked.institution is not None
    assert (linked.institution.name, linked.institution.institution_id) == ("First Harbor", FIRST_HARBOR)
    assert [(one.name, one.mask) for one in linked.accounts] == [("Business Checking", "2217"), ("Studio Card", "6650")]


# R81: no credentials of a bank are asked for or sent.
def test_the_page_asks_for_no_credentials_and_runs_no_script(bank: Sandbox) -> None:
    url = bank.start_link().hosted_link_url.reveal()
    for page in (url, f"{url}/accounts?institution_id={LONG_HISTORY}"):
        text = requests.get(page, timeout=5).text
        assert "<form" in text
        for absent in ("password", "<script", "style=", "onclick", "http-equiv"):
            assert absent not in text


def test_the_policy_allows_its_own_style_and_the_way_back_alone(bank: Sandbox) -> None:
    answer = requests.get(bank.start_link().hosted_link_url.reveal(), timeout=5)
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'self' http://127.0.0.1:8000; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert requests.get(f"{bank.url}/hl.css", timeout=5).headers["Content-Type"].startswith("text/css")


def test_a_person_can_leave(bank: Sandbox) -> None:
    start = bank.start_link()
    assert bank.choose(start, "", decision="leave").headers["Location"] == BACK
    answer = bank.client.get_link(start.link_token)
    assert answer.is_finished
    assert answer.was_left
    assert answer.banks == ()


def test_before_it_is_finished_a_link_has_no_banks(bank: Sandbox) -> None:
    start = bank.start_link()
    requests.get(start.hosted_link_url.reveal(), timeout=5)
    answer = bank.client.get_link(start.link_token)
    assert len(answer.link_sessions) == 1
    assert (answer.is_finished, answer.was_left, answer.banks) == (False, False, ())


def test_a_link_is_good_for_one_bank(bank: Sandbox) -> None:
    start = bank.start_link()
    bank.choose(start, FIRST_HARBOR)
    assert "has been used" in bank.choose(start, LONG_HISTORY).text
    assert len(bank.banks(start)) == 1


def test_a_link_ends_after_its_lifetime(bank: Sandbox) -> None:
    start = bank.start_link()
    assert 1700 < (start.expiration - datetime.now(UTC)).total_seconds() < 1900
    bank.clock.ahead = 1900
    assert requests.get(start.hosted_link_url.reveal(), timeout=5).status_code == 404


def test_a_public_token_is_exchanged_once_and_within_half_an_hour(bank: Sandbox) -> None:
    first, second = bank.start_link(), bank.start_link()
    for start in (first, second):
        bank.choose(start, FIRST_HARBOR)
    token = bank.banks(first)[0].public_token
    bank.client.exchange(token)
    with pytest.raises(RequestRejected) as caught:
        bank.client.exchange(token)
    assert caught.value.error_code == "INVALID_PUBLIC_TOKEN"
    late = bank.banks(second)[0].public_token
    bank.clock.ahead = 1801
    with pytest.raises(RequestRejected):
        bank.client.exchange(late)


@pytest.mark.parametrize(
    "form", [{}, {"institution_id": "ins_1"}, {"institution_id": FIRST_HARBOR, "account_ids": "x"}]
)
def test_an_incomplete_form_leads_back_to_the_start(form: dict[str, str], bank: Sandbox) -> None:
    start = bank.start_link()
    url = f"{start.hosted_link_url.reveal()}/consent"
    answer = requests.post(url, data={**form, "decision": "allow"}, timeout=5, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        url.removeprefix(bank.url).removesuffix("/consent"),
    )
    assert bank.banks(start) == ()


def test_what_a_client_calls_itself_cannot_add_markup(bank: Sandbox) -> None:
    answer = bank.post(
        "/link/token/create",
        client_name="<b>Bold</b>",
        language="en",
        country_codes=["US"],
        user={"client_user_id": "1"},
        products=["transactions"],
        hosted_link={},
    )
    text = requests.get(answer.json()["hosted_link_url"], timeout=5).text
    assert "&lt;b&gt;Bold&lt;/b&gt;" in text
    assert "<b>Bold" not in text
