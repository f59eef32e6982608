"""What the sandbox's Zoho allows in a minute and a day, and what goes wrong with it on demand."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integrations.sandbox.zoho_reader import CEDARLINE, EUROPE, read, token_call
from tests.integrations.support import Sandbox

INVOICES = "/zoho/books/v3/invoices"

Start = Callable[..., Sandbox]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    made: list[Sandbox] = []

    def started(**zoho: Any) -> Sandbox:
        made.append(Sandbox(tmp_path, zoho=zoho))
        return made[-1]

    yield started
    for one in made:
        one.stop()


def code_of(answer: requests.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


def test_a_hundred_and_first_call_within_a_minute_blocks_the_organisation_for_a_while(start: Start) -> None:
    sandbox = start(per_minute=5)
    reader, other = read(sandbox, EUROPE), read(sandbox, CEDARLINE)
    assert [reader.call("/contacts").status_code for _ in range(5)] == [200] * 5
    assert code_of(reader.call("/contacts")) == (429, 44)
    assert other.call("/contacts").status_code == 200
    sandbox.clock.ahead += 55
    assert code_of(reader.call("/contacts")) == (429, 44)
    sandbox.clock.ahead += 6
    assert reader.call("/contacts").status_code == 200


def test_the_day_has_its_calls_and_the_headers_count_them_down(start: Start) -> None:
    sandbox = start(per_day=3, per_minute=100)
    reader = read(sandbox, EUROPE)
    left = [reader.call("/contacts").headers["X-Rate-Limit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    refused = reader.call("/contacts")
    assert code_of(refused) == (429, 45)
    assert "maximum call rate limit of 3." in refused.json()["message"]
    headers = refused.headers
    assert (headers["X-Rate-Limit-Limit"], headers["X-Rate-Limit-Remaining"]) == ("3", "0")
    assert "Retry-After" not in headers
    sandbox.clock.ahead += int(headers["X-Rate-Limit-Reset"])
    again = token_call(sandbox, grant_type="refresh_token", refresh_token=reader.refresh_token).json()
    reader.access_token = again["access_token"]
    assert reader.call("/contacts").headers["X-Rate-Limit-Remaining"] == "2"


def test_the_list_of_organisations_counts_for_none(start: Start) -> None:
    sandbox = start(per_day=1)
    reader = read(sandbox, EUROPE)
    for _ in range(3):
        assert reader.get("/organizations")["organizations"]
    assert reader.call("/contacts").status_code == 200
    assert reader.get("/organizations")["organizations"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("rate_44", (429, 44)),
        ("quota_45", (429, 45)),
        ("busy_1070", (429, 1070)),
        ("scope_missing", (401, 57)),
        ("token_rejected", (401, 14)),
        ("rejected", (400, 2)),
        ("server_error", (500, 1)),
    ],
)
def test_a_list_is_refused_once_and_then_not(kind: str, expected: tuple[int, int], bank: Sandbox) -> None:
    reader = read(bank, EUROPE)
    bank.switch(kind, INVOICES)
    assert reader.get("/contacts")["contacts"]
    refused = reader.call("/invoices")
    assert code_of(refused) == expected
    assert ("X-Rate-Limit-Reset" in refused.headers) == (kind == "quota_45")
    assert reader.get("/invoices")["invoices"]
    assert bank.served() == 1


def test_an_answer_is_a_web_page_or_does_not_arrive_whole(bank: Sandbox) -> None:
    reader = read(bank, EUROPE)
    bank.switch("html", INVOICES)
    assert "<h1>" in reader.call("/invoices").text
    bank.switch("truncated", INVOICES)
    with pytest.raises(requests.JSONDecodeError):
        reader.call("/invoices").json()
    for kind, seconds in (("cut", None), ("stalled", 0.2)):
        bank.switch(kind, INVOICES, seconds=seconds)
        with pytest.raises(requests.RequestException):
            reader.call("/invoices")
    bank.switch("oversized", INVOICES)
    assert len(reader.call("/invoices").content) > 10_000_000
    assert reader.get("/invoices")["invoices"]


def test_a_grant_ends_just_before_a_call(bank: Sandbox) -> None:
    reader = read(bank, EUROPE)
    refresh = {"grant_type": "refresh_token", "refresh_token": reader.refresh_token}
    bank.switch("revoked_grant", INVOICES)
    assert code_of(reader.call("/invoices")) == (401, 14)
    assert token_call(bank, **refresh).json() == {"error": "invalid_code"}
    reader = read(bank, EUROPE)
    refresh["refresh_token"] = reader.refresh_token
    bank.switch("revoked_grant", "/zoho/oauth/v2/token")
    assert token_call(bank, **refresh).json() == {"error": "invalid_code"}


def test_the_accounts_server_has_had_enough_for_once(bank: Sandbox) -> None:
    reader = read(bank, EUROPE)
    refresh = {"grant_type": "refresh_token", "refresh_token": reader.refresh_token}
    bank.switch("denied")
    assert reader.get("/contacts")["contacts"]
    refused = token_call(bank, **refresh)
    assert (refused.status_code, refused.json()["error"]) == (400, "Access Denied")
    assert "access_token" in token_call(bank, **refresh).json()


def test_another_organisations_answer_says_whose_it_is(bank: Sandbox) -> None:
    reader = read(bank, EUROPE)
    own = reader.get("/contacts")["contacts"]
    bank.switch("wrong_organization")
    foreign = reader.get("/contacts")["contacts"]
    assert {row["organization_id"] for row in foreign} == {CEDARLINE}
    assert not {row["contact_id"] for row in own} & {row["contact_id"] for row in foreign}
    assert reader.get("/contacts")["contacts"] == own


def test_switches_for_zoho_leave_the_bank_alone_and_the_other_way_round(bank: Sandbox) -> None:
    reader, token = read(bank, EUROPE), bank.link()
    bank.switch("rate_44", times=0)
    bank.switch("rate_limited", times=0)
    assert code_of(reader.call("/contacts")) == (429, 44)
    answer = bank.post("/item/get", access_token=token.reveal())
    assert (answer.status_code, answer.json()["error_code"]) == (429, "TRANSACTIONS_SYNC_LIMIT")
    bank.clear_switches()
    assert reader.get("/contacts")["contacts"]


def test_without_a_client_of_its_own_there_is_no_zoho(tmp_path: Path) -> None:
    from integrations.sandbox.settings import read_settings

    needed = {
        "SANDBOX_DB": str(tmp_path / "one.sqlite3"),
        "SANDBOX_CLIENT_ID": "a",
        "SANDBOX_SECRET": "b",
        "SANDBOX_PUBLIC_URL": "http://127.0.0.1:1",
    }
    assert read_settings(needed).zoho is None
    zoho = read_settings(
        needed
        | {
            "SANDBOX_ZOHO_CLIENT_ID": "c",
            "SANDBOX_ZOHO_CLIENT_SECRET": "top-secret",
            "SANDBOX_ZOHO_PER_MINUTE": "7",
            "SANDBOX_ZOHO_PER_DAY": "70",
        }
    ).zoho
    assert zoho is not None
    assert (zoho.client_id, zoho.per_minute, zoho.per_day) == ("c", 7, 70)
    assert "top-secret" not in repr(zoho)
